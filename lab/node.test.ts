import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EvmNode, LAB_CHAIN_ID, startNode } from "./node.ts";
import { isAlive, TemporaryFolder } from "./testing/temporary.ts";

const GENESIS = { genesisUnixS: 1_750_000_000, baseFeeWei: 20_000_000_000n };

async function ask(node: EvmNode, method: string, params: unknown[] = []): Promise<unknown> {
  const response = await fetch(node.httpUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  return ((await response.json()) as { result: unknown }).result;
}

describe("the EVM node", () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.remove());

  it("starts on any free port with an empty chain of the lab's own, and stops without a trace", async () => {
    const [one, two] = await Promise.all([
      startNode({ ...GENESIS, port: 0 }),
      startNode({ ...GENESIS, port: 0 }),
    ]);
    try {
      expect(one.httpUrl).not.toBe(two.httpUrl);
      expect(await ask(one, "eth_chainId")).toBe(`0x${LAB_CHAIN_ID.toString(16)}`);
      expect(await ask(one, "eth_getBlockByNumber", ["latest", false])).toMatchObject({
        number: "0x0",
        timestamp: `0x${GENESIS.genesisUnixS.toString(16)}`,
        baseFeePerGas: `0x${GENESIS.baseFeeWei.toString(16)}`,
      });
      expect(folder.entries()).toHaveLength(2);
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
    expect([isAlive(one.pid), isAlive(two.pid)]).toEqual([false, false]);
    expect(folder.entries()).toEqual([]);
    await one.stop();
  });

  it("says when it ends by itself, and leaves no files then either", async () => {
    const node = await startNode({ ...GENESIS, port: 0 });
    process.kill(node.pid, "SIGKILL");
    await expect(node.failed).rejects.toThrow("the EVM node (port any) ended: exit SIGKILL");
    await node.stop();
    expect(folder.entries()).toEqual([]);
  });

  it("refuses a port in use with one line", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    try {
      await expect(startNode({ ...GENESIS, port })).rejects.toThrow(
        new RegExp(`^the EVM node \\(port ${port}\\) ended: .*in use.*$`),
      );
    } finally {
      other.close();
    }
    expect(folder.entries()).toEqual([]);
  });

  it("says in one line that there is no binary for a platform", async () => {
    const { platform } = process;
    Object.defineProperty(process, "platform", { value: "plan9" });
    try {
      await expect(startNode({ ...GENESIS, port: 0 })).rejects.toThrow(
        /^no EVM node for plan9-\w+: npm package @foundry-rs\/anvil-plan9-\w+ is not there$/,
      );
    } finally {
      Object.defineProperty(process, "platform", { value: platform });
    }
    expect(folder.entries()).toEqual([]);
  });
});
