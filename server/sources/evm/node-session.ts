/**
 * One connection to a node, from subscribing to its end: heads lead the follower, pending transactions are handed over,
 * and silence is looked into.
 *
 * - A head: the follower brings what was handed over up to it.
 * - A log that the node takes back: the follower compares what was handed over with the node's chain. The log alone undoes
 *   nothing: some nodes never send it, and a block is undone whole.
 * - Nothing for `silent_ms`: the node is asked for its head. No answer ends the connection. A head that was not told is
 *   followed; twice in a row, the subscription is dead and the connection ends. The same head as before: the chain, or
 *   this node, stands still. The collector is `silent` then, and after some such answers in a row another endpoint is
 *   tried, where there is one.
 */
import type { Clock } from "../../clock.ts";
import type { BlockFetch } from "./block-fetch.ts";
import type { BlockRef } from "./chain.ts";
import { POOL_TOPICS } from "./events.ts";
import type { EvmFaults } from "./faults.ts";
import type { Follower } from "./follower.ts";
import type { PendingTransactions } from "./pending.ts";
import { asRow, RowError, readBlockRef, readLog } from "./rows.ts";
import { RpcError } from "./rpc/rpc.ts";
import type { WsRpc } from "./rpc/ws.ts";

export interface SessionOptions {
  readonly rpc: WsRpc;
  /** For errors. */
  readonly host: string;
  readonly blocks: BlockFetch;
  readonly follower: Follower;
  readonly pending: PendingTransactions;
  readonly faults: EvmFaults;
  readonly clock: Clock;
  /** No head for so long is silence. */
  readonly silent_ms: number;
  /** Silences in a row after which the connection ends; null where there is no other endpoint to try. */
  readonly silences_count: number | null;
  /** All that the node had is handed over, and it is heard. */
  onLive(): void;
  /** No head came for `silent_ms`, and the node has none. */
  onSilent(): void;
}

export class NodeSession {
  readonly #options: SessionOptions;
  #head: BlockRef | null = null;
  #isDoubted = false;
  #end: RpcError | null = null;
  #wake = (): void => {};

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Rejects with RpcError when the connection is over; never resolves. */
  async run(): Promise<never> {
    const { rpc, follower, blocks, onLive } = this.#options;
    void rpc.ended.then((reason) => {
      this.#end = reason;
      this.#wake();
    });
    follower.resume();
    await this.#subscribe();
    // Before the first block there is nothing to catch up with.
    if (follower.isFresh) onLive();
    this.#head ??= await blocks.latest();
    for (;;) await this.#step();
  }

  async #subscribe(): Promise<void> {
    const { rpc } = this.#options;
    await rpc.subscribe(["newHeads"], (item) =>
      this.#read(() => {
        this.#head = readBlockRef(asRow(item));
        this.#wake();
      }),
    );
    await rpc.subscribe(["logs", { topics: [POOL_TOPICS] }], (item) => this.#read(() => this.#takeLog(item)));
    // Whole, or by hash only; a node that has neither is of use for its blocks.
    const refusal = (await this.#refusalOf([true])) && (await this.#refusalOf([]));
    if (refusal !== null) this.#options.faults.add("no_pending", refusal.message);
  }

  /** Subscribes to pending transactions; the node's refusal, null where it agrees. Rejects where it said neither. */
  async #refusalOf(options: readonly unknown[]): Promise<RpcError | null> {
    const { rpc, pending } = this.#options;
    try {
      await rpc.subscribe(["newPendingTransactions", ...options], (item) =>
        this.#read(() => pending.take(item)),
      );
      return null;
    } catch (error) {
      if (error instanceof RpcError && error.code !== null && error.retry_after_ms === null) return error;
      throw error;
    }
  }

  /** Follows what has come since the last step, or waits for something to come. */
  async #step(): Promise<void> {
    const { blocks, follower, onLive } = this.#options;
    if (this.#end !== null) throw this.#end;
    const head = this.#head;
    const isDoubted = this.#isDoubted;
    this.#head = null;
    this.#isDoubted = false;
    if (head === null && !isDoubted) return this.#wait();
    await follower.follow(head ?? (await blocks.latest()));
    if (this.#end === null) onLive();
  }

  /** Until something comes. */
  async #wait(): Promise<void> {
    const { silent_ms, silences_count, blocks, follower, host, onLive, onSilent } = this.#options;
    let untold = 0;
    for (let silences = 1; await this.#isQuietFor(silent_ms); silences++) {
      const latest = await blocks.latest();
      if (this.#hasNews()) return;
      if (latest.number > follower.last) {
        await follower.follow(latest);
        onLive();
        untold += 1;
        if (untold > 1)
          throw new RpcError(`${host}: its heads are not told any more, ${latest.number} the last`);
        continue;
      }
      onSilent();
      if (silences_count !== null && silences >= silences_count) {
        throw new RpcError(`${host}: no block after ${latest.number} for ${silences * silent_ms} ms`);
      }
    }
  }

  #hasNews(): boolean {
    return this.#head !== null || this.#isDoubted || this.#end !== null;
  }

  /** True when so much time has passed, false when there is something to do. */
  #isQuietFor(ms: number): Promise<boolean> {
    if (this.#hasNews()) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => resolve(true));
      this.#wake = () => {
        cancel();
        resolve(false);
      };
    });
  }

  /** Of the logs only those taken back are of use: the others come with their block. */
  #takeLog(item: unknown): void {
    const log = readLog(asRow(item));
    if (!log.removed || log.block_hash === null || !this.#options.follower.has(log.block_hash)) return;
    this.#isDoubted = true;
    this.#wake();
  }

  /** Runs `read`; what the node sent and nobody can read is counted and left out. */
  #read(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.#options.faults.add("malformed_row", error.message);
    }
  }
}
