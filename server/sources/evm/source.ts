/**
 * A live EVM node as a source. Each new head is fetched as a whole block, with receipts, and handed over as one unit;
 * pending transactions come as the node names them; logs that a reorg took back come once more as reorged.
 *
 * It works with a healthy node: `start` rejects when the node refuses, does not answer, or the connection ends.
 */
import { type Clock, systemClock } from "../../clock.ts";
import type { Source } from "../source.ts";
import { BlockFetch } from "./block-fetch.ts";
import type { BlockRef, ChainLog } from "./chain.ts";
import { ChainPools } from "./chain-pools.ts";
import { BlockEncoder } from "./encoder.ts";
import { POOL_TOPICS } from "./events.ts";
import { EVM_FAULT_CODES, EvmFaults } from "./faults.ts";
import { HeadChain } from "./head-chain.ts";
import { FACTORIES, type Factory, STABLE_TOKENS } from "./registry.ts";
import { asRow, RowError, readBlockRef, readLog, readTransaction } from "./rows.ts";
import { askChainId } from "./rpc/chain-id.ts";
import { hostOf, parseRpcUrl, RpcError } from "./rpc/rpc.ts";
import { WsRpc } from "./rpc/ws.ts";

export const SOURCE_LIMITS = {
  /** Pending transactions being fetched by hash; more are missed, and counted. */
  pending_fetches_count: 64,
  /** Logs taken back and not yet handed over. */
  removed_logs_count: 10_000,
} as const;

export interface EvmSourceOptions {
  /** `ws://` or `wss://` URLs of nodes of one chain, the preferred one first; at least one. */
  readonly endpoints: readonly [string, ...string[]];
  /** Of message headers. Default: the machine's. */
  readonly clock?: Clock;
  /** Beside those of the registry, of the node's chain. */
  readonly factories?: readonly Factory[];
  /** Beside those of the registry, of the node's chain; 0x lower-case hex. */
  readonly stable_tokens?: readonly string[];
}

/** What one `start` holds. */
interface Session {
  readonly rpc: WsRpc;
  readonly blocks: BlockFetch;
  readonly encoder: BlockEncoder;
  readonly heads: HeadChain;
}

export class EvmSource implements Source {
  readonly name: string;
  readonly live = true;
  readonly faults = new EvmFaults();
  readonly #options: EvmSourceOptions;
  readonly #clock: Clock;
  #rpc: WsRpc | null = null;
  #chain_id: number | null = null;
  #lastBlock = 0;
  #isStopping = false;
  /** Why the connection is over. */
  #end: RpcError | null = null;
  #head: BlockRef | null = null;
  #removed: ChainLog[] = [];
  #pendingFetches = 0;
  #wake = (): void => {};

  /** Throws RpcError where the URL is none of a WebSocket. */
  constructor(options: EvmSourceOptions) {
    this.name = hostOf(parseRpcUrl(options.endpoints[0], ["ws:", "wss:"]));
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** The node's chain, once it is known. */
  get chainId(): number | null {
    return this.#chain_id;
  }

  /** Number of the last block that was handed over whole; 0 before the first. */
  get lastBlock(): number {
    return this.#lastBlock;
  }

  faultCounts(): Record<string, number> {
    return Object.fromEntries(EVM_FAULT_CODES.map((code) => [code, this.faults.count(code)]));
  }

  async start(sink: (message: Uint8Array) => void): Promise<void> {
    const rpc = await WsRpc.open(new URL(this.#options.endpoints[0]), this.#clock);
    this.#rpc = rpc;
    try {
      if (!this.#isStopping) await this.#collect(rpc, sink);
    } catch (error) {
      if (!this.#isStopping) throw error;
    } finally {
      rpc.close();
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#rpc?.close();
    this.#wake();
  }

  async #collect(rpc: WsRpc, sink: (message: Uint8Array) => void): Promise<void> {
    const chain_id = await askChainId(rpc);
    this.#chain_id = chain_id;
    const { faults } = this;
    const pools = new ChainPools({
      rpc,
      clock: this.#clock,
      faults,
      factories: [
        ...FACTORIES.filter((factory) => factory.chain_id === chain_id),
        ...(this.#options.factories ?? []),
      ],
      stable_tokens: new Set([
        ...(STABLE_TOKENS.get(chain_id) ?? []),
        ...(this.#options.stable_tokens ?? []),
      ]),
    });
    const session: Session = {
      rpc,
      blocks: new BlockFetch(rpc, faults),
      encoder: new BlockEncoder({
        chain_id,
        pools,
        faults,
        snapshot: (pool, block_number) => pools.snapshot(pool, block_number),
        sink,
      }),
      heads: new HeadChain(),
    };
    void rpc.ended.then((reason) => {
      this.#end = reason;
      this.#wake();
    });
    await this.#subscribe(session);
    session.encoder.status("connected", 0, this.#now());
    try {
      this.#head ??= await session.blocks.latest();
      while (!this.#isStopping) await this.#step(session);
    } finally {
      session.encoder.status("stopped", session.heads.last, this.#now());
    }
  }

  async #subscribe(session: Session): Promise<void> {
    const { rpc } = session;
    await rpc.subscribe(["newHeads"], (item) =>
      this.#read(() => {
        this.#head = readBlockRef(asRow(item));
        this.#wake();
      }),
    );
    await rpc.subscribe(["logs", { topics: [POOL_TOPICS] }], (item) =>
      this.#read(() => this.#takeLog(readLog(asRow(item)))),
    );
    const onPending = (item: unknown): void => this.#read(() => this.#takePending(session, item));
    try {
      await rpc.subscribe(["newPendingTransactions", true], onPending);
    } catch (error) {
      if (!(error instanceof RpcError) || error.code === null) throw error;
      // This node names them by hash only.
      await rpc.subscribe(["newPendingTransactions"], onPending);
    }
  }

  /** Hands over what has come since the last step, or waits for something to come. */
  async #step(session: Session): Promise<void> {
    const head = this.#head;
    const removed = this.#removed;
    this.#head = null;
    this.#removed = [];
    if (this.#end !== null) throw this.#end;
    if (head === null && removed.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      return;
    }
    if (removed.length > 0) {
      const timed = removed.map((log) => ({
        ...log,
        block_unix_s: log.block_unix_s ?? session.heads.timeOf(log.block_hash),
      }));
      await session.encoder.removed(timed, this.#now());
    }
    if (head !== null) await this.#follow(session, head);
  }

  async #follow({ blocks, encoder, heads }: Session, head: BlockRef): Promise<void> {
    const path = await heads.upTo(head, (child) => blocks.ref(child.parent_hash));
    if (path.missed > 0) {
      this.faults.add(
        "missed_block",
        `${path.missed} blocks before block ${path.blocks[0]?.number}`,
        path.missed,
      );
    }
    for (const { number, hash } of path.blocks) {
      if (this.#isStopping) return;
      const unit = await blocks.unit(hash);
      if (unit === null) {
        this.faults.add("missed_block", `block ${number}: the node no longer has it whole`);
        continue;
      }
      await encoder.block(unit, this.#now());
      heads.add(number, hash, unit.unix_s);
      this.#lastBlock = number;
    }
  }

  /** Of the logs only those taken back are of use: the others come with their block. */
  #takeLog(log: ChainLog): void {
    if (!log.removed) return;
    if (this.#removed.length < SOURCE_LIMITS.removed_logs_count) this.#removed.push(log);
    else this.faults.add("missed_block", `log ${log.log_index} taken back from block ${log.block_number}`);
    this.#wake();
  }

  #takePending(session: Session, item: unknown): void {
    if (typeof item !== "string") {
      const tx = readTransaction(asRow(item));
      if (tx.block_number === null) session.encoder.pending(tx, this.#now());
      return;
    }
    if (this.#pendingFetches >= SOURCE_LIMITS.pending_fetches_count) {
      this.faults.add("missed_pending", item.slice(0, 66));
      return;
    }
    this.#pendingFetches += 1;
    void this.#fetchPending(session, item).finally(() => {
      this.#pendingFetches -= 1;
    });
  }

  async #fetchPending(session: Session, hash: string): Promise<void> {
    try {
      const answer = await session.rpc.request("eth_getTransactionByHash", [hash]);
      if (answer !== null) this.#read(() => this.#takePending(session, asRow(answer)));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.faults.add("missed_pending", error.message);
    }
  }

  /** Runs `read`; what the node sent and nobody can read is counted and left out. */
  #read(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.faults.add("malformed_row", error.message);
    }
  }

  #now(): number {
    return Math.floor(this.#clock.now().unix_ms);
  }
}
