/** Several chains from one configuration into one model, with an access key that nothing shows. */

import { expect, test, vi } from "vitest";
import { upsertsOf } from "../../model/channel.ts";
import { Model } from "../../model/model.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { FakeChain } from "../sources/evm/testing/fake-chain.ts";
import { FakeNode, refuse } from "../sources/evm/testing/fake-node.ts";
import { readConfig } from "./config.ts";
import { sourcesOf } from "./sources.ts";

const KEY = "k3y-that-nobody-may-see";

test("several chains at once; an access key is in no log line, status or count", async () => {
  const nodes = [await FakeNode.start(), await FakeNode.start()] as const;
  for (const [index, node] of nodes.entries()) {
    node.serve(new FakeChain());
    node.handlers.eth_chainId = () => (index === 0 ? "0x1" : "0x89");
  }
  // The first one's provider repeats the key in its refusal, once.
  let refusals = 1;
  nodes[0].handlers["eth_subscribe newHeads"] = () =>
    refusals-- > 0 ? refuse(-32_001, `unknown project ${KEY}`) : "newHeads";
  const chains = nodes.map((node, index) => ({
    chain_id: index === 0 ? 1 : 137,
    endpoints: [`${node.url}/v2/\${NODE_KEY}`],
    limits: { backoff_first_ms: 1 },
  }));
  const config = readConfig(JSON.stringify({ chains }), { NODE_KEY: KEY });
  const model = new Model({ log_id: "x", ...config.model });
  const said: string[] = [];
  const sources = sourcesOf(config, (line) => said.push(line));
  const view = new MessageView();
  const ended = sources.map((source) =>
    source.start((message) => {
      said.push(Buffer.from(message).toString("latin1"));
      model.ingest(view.attach(message).seek(0, message.length));
    }),
  );
  try {
    await vi.waitFor(() => {
      const rows = upsertsOf(model.channel("chain.main")?.changesSince(0));
      const heads = rows as { id: string; head_block: string | null }[];
      expect(heads.map(({ id, head_block }) => `${id}:${head_block}`).toSorted()).toEqual(["137:0", "1:0"]);
    });
    expect(said.some((line) => line.startsWith("Ethereum: eth_subscribe newHeads"))).toBe(true);
    expect(said.some((line) => line.includes("unknown project ***"))).toBe(true);
    const all = JSON.stringify([said, sources.map((source) => [source.name, source.faultCounts()])]);
    expect(all).not.toContain(KEY);
  } finally {
    await Promise.all(sources.map((source) => source.stop()));
    await Promise.all(ended);
    await Promise.all(nodes.map((node) => node.stop()));
  }
});
