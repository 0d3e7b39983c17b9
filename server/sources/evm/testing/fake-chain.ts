/** For tests: a chain in memory that grows and reorganises on demand, and a node's answers about it. */
import type { BatchRpc } from "../rpc/rpc.ts";
import { addressOf, madeLog } from "./made-logs.ts";

const hex = (n: number): string => `0x${n.toString(16)}`;
/** Any 32 bytes of their own for each kind and number. */
const hashOf = (kind: string, n: number): string => `0x${kind}${n.toString(16).padStart(62, "0")}`;
export const FAKE_POOL = addressOf(0xaa);
export const FAKE_CHAIN_METHODS = [
  "eth_getBlockByNumber",
  "eth_getBlockByHash",
  "eth_getBlockReceipts",
  "eth_getLogs",
] as const;

interface FakeBlock {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly timestamp: string;
  readonly gasUsed: string;
  readonly gasLimit: string;
  readonly baseFeePerGas: string;
  readonly transactions: readonly { hash: string; [field: string]: unknown }[];
  readonly receipts: readonly { logs: readonly { logIndex: string }[]; [field: string]: unknown }[];
}

export class FakeChain implements BatchRpc {
  /** By number. */
  blocks: FakeBlock[] = [];
  /** Methods asked, in order. */
  readonly asked: string[] = [];
  /** Called before each request is answered: may change the chain, or throw what the node refuses with. */
  onRequest: (method: string, params: readonly unknown[]) => void = () => {};
  #made = 0;

  constructor() {
    this.mine(1, 0);
  }

  get head(): FakeBlock {
    return this.blocks.at(-1) as FakeBlock;
  }

  /** So many blocks more, each of so many transactions with one pool event each. */
  mine(count: number, transactions: number): void {
    for (let i = 0; i < count; i++) this.blocks.push(this.#make(transactions));
  }

  /** The last `depth` blocks are no more; at least the genesis block stays. */
  drop(depth: number): void {
    this.blocks.length = Math.max(1, this.blocks.length - depth);
  }

  /** `block hash:log index` of every pool event in blocks from `first` on. */
  events(first: number): string[] {
    return this.blocks
      .slice(first)
      .flatMap(({ hash, receipts }) =>
        receipts.flatMap(({ logs }) => logs.map(({ logIndex }) => `${hash}:${Number(logIndex)}`)),
      );
  }

  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    this.asked.push(method);
    // An answer takes its time, and the chain goes on meanwhile.
    await Promise.resolve();
    this.onRequest(method, params);
    const [first, isWhole] = params;
    switch (method) {
      case "eth_getBlockByNumber":
        return this.#shown(first === "latest" ? this.head : this.blocks[Number(first)], false);
      case "eth_getBlockByHash":
        return this.#shown(this.#named(first), isWhole === true);
      case "eth_getBlockReceipts":
        return this.#named(first)?.receipts ?? null;
      case "eth_getLogs": {
        const { fromBlock, toBlock } = first as { fromBlock: string; toBlock: string };
        const range = this.blocks.slice(Number(fromBlock), Number(toBlock) + 1);
        return range.flatMap(({ receipts }) => receipts.flatMap(({ logs }) => logs));
      }
      default:
        throw new Error(`${method} is not known`);
    }
  }

  async requestMany(method: string, paramsOfEach: readonly (readonly unknown[])[]): Promise<unknown[]> {
    return Promise.all(paramsOfEach.map((params) => this.request(method, params)));
  }

  close(): void {
    // Nothing is held.
  }

  #named(hash: unknown): FakeBlock | undefined {
    return this.blocks.find((block) => block.hash === hash);
  }

  #shown(block: FakeBlock | undefined, isWhole: boolean): unknown {
    if (block === undefined) return null;
    const { receipts: _, ...shown } = block;
    return isWhole ? shown : { ...shown, transactions: shown.transactions.map(({ hash }) => hash) };
  }

  #make(transactions: number): FakeBlock {
    this.#made += 1;
    const number = this.blocks.length;
    const hash = hashOf("bb", this.#made);
    const made = Array.from({ length: transactions }, (_, index) => {
      const txHash = hashOf("77", this.#made * 1_000 + index);
      const place = {
        blockNumber: hex(number),
        blockHash: hash,
        transactionHash: txHash,
        transactionIndex: hex(index),
      };
      const { topics, data } = madeLog("V2Sync", { reserve0: this.#made, reserve1: index });
      const transaction = {
        hash: txHash,
        from: addressOf(1),
        to: addressOf(2),
        nonce: hex(index),
        value: "0x1",
        gas: "0x5208",
        gasPrice: "0x9",
        input: "0x",
        type: "0x0",
        blockNumber: hex(number),
        transactionIndex: hex(index),
      };
      const log = { address: FAKE_POOL, topics, data, logIndex: hex(index), ...place };
      return { transaction, receipt: { ...place, status: "0x1", logs: [log] } };
    });
    return {
      number: hex(number),
      hash,
      parentHash: this.blocks.at(-1)?.hash ?? hashOf("00", 0),
      timestamp: hex(1_700_000_000 + number),
      gasUsed: "0x1",
      gasLimit: "0x2",
      baseFeePerGas: "0x7",
      transactions: made.map(({ transaction }) => transaction),
      receipts: made.map(({ receipt }) => receipt),
    };
  }
}
