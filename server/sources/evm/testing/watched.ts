/** For tests: a model that a live source feeds, and what the chain itself says of all that the model should hold. */
import { upsertsOf } from "../../../../model/channel.ts";
import { Model } from "../../../../model/model.ts";
import type { Message } from "../../../../protocol/tlv/decode.ts";
import { MessageView } from "../../../../protocol/tlv/view.ts";
import { POOL_EVENTS } from "../events.ts";
import { EvmSource, type EvmSourceOptions } from "../source.ts";
import type { Anvil } from "./anvil.ts";
import { decodeAll, eventsOf } from "./messages.ts";

/** Events that are rows of pool.main. */
const ROW_TOPICS = (["V2Swap", "V2Sync", "V2Mint", "V2Burn", "V3Swap", "V3Mint", "V3Burn"] as const).map(
  (name) => POOL_EVENTS[name].topic,
);

type Row = Readonly<Record<string, unknown>>;

export class Watched {
  readonly source: EvmSource;
  readonly model = new Model({ log_id: "watched" });
  readonly ended: Promise<void>;
  readonly #parts: Uint8Array[] = [];
  readonly #view = new MessageView();

  constructor(options: EvmSourceOptions) {
    this.source = new EvmSource(options);
    this.ended = this.source.start((message) => {
      this.#parts.push(message.slice());
      this.model.ingest(this.#view.attach(message).seek(0, message.length));
    });
    this.ended.catch(() => {});
  }

  messages(): Message[] {
    return decodeAll(Buffer.concat(this.#parts));
  }

  /** Hash of the block whose head was told last. */
  get head(): string | undefined {
    return eventsOf(this.messages(), "ChainHead").at(-1)?.block_hash;
  }

  get firstBlock(): number {
    return Number(eventsOf(this.messages(), "ChainHead")[0]?.block_number);
  }

  rows(channel: "pool.main" | "pool.state" | "tx.main" | "chain.main"): Row[] {
    return upsertsOf(this.model.channel(channel)?.changesSince(0)) as Row[];
  }

  /** Hashes of the transactions that the model takes for being in a block. */
  included(): string[] {
    return this.rows("tx.main")
      .flatMap(({ id, status }) => (status === "included" || status === "reverted" ? [String(id)] : []))
      .toSorted();
  }

  /** Ids of the pool events that the model takes for the chain's. */
  seen(): string[] {
    return this.rows("pool.main")
      .flatMap(({ id, status }) => (status === "seen" ? [String(id)] : []))
      .toSorted();
  }

  async stop(): Promise<void> {
    await this.source.stop();
    await this.ended;
  }
}

/** Ids of the pool events of a node's chain, from a block on. */
export async function canonical(node: Anvil, first: number): Promise<string[]> {
  const filter = { fromBlock: `0x${first.toString(16)}`, toBlock: "latest", topics: [ROW_TOPICS] };
  const logs = (await node.rpc("eth_getLogs", [filter])) as { blockHash: string; logIndex: string }[];
  return logs.map(({ blockHash, logIndex }) => `31337:${blockHash}:${Number(logIndex)}`).toSorted();
}

/** Hashes of the transactions in a node's chain, from a block on. */
export async function canonicalTransactions(node: Anvil, first: number): Promise<string[]> {
  const last = Number(await node.rpc("eth_blockNumber", []));
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => `0x${(first + index).toString(16)}`);
  const blocks = await Promise.all(
    numbers.map((number) => node.rpc("eth_getBlockByNumber", [number, false])),
  );
  return (blocks as { transactions: string[] }[]).flatMap(({ transactions }) => transactions).toSorted();
}

export async function headOf(node: Anvil): Promise<string> {
  return ((await node.rpc("eth_getBlockByNumber", ["latest", false])) as { hash: string }).hash;
}
