/**
 * Pending transactions, as a node names them: whole, or by hash alone. Each is handed over once, also where it is named
 * again after a reconnect; hashes are asked about in batches, a few at a time, and what comes too fast is counted.
 */
import { BoundedMap } from "./bounded-map.ts";
import type { ChainTransaction } from "./chain.ts";
import type { EvmFaults } from "./faults.ts";
import { asRow, RowError, readTransaction } from "./rows.ts";
import { type BatchRpc, RpcError } from "./rpc/rpc.ts";

export const PENDING_LIMITS = {
  /** Hashes remembered as handed over or asked about. */
  known_count: 32_768,
  /** Hashes that wait to be asked about; more are missed, and counted. */
  queue_count: 4_096,
  /** Hashes in one request. */
  batch_count: 32,
  /** Such requests at once. */
  batches_in_flight_count: 4,
} as const;

export interface PendingOptions {
  readonly rpc: Pick<BatchRpc, "requestMany">;
  readonly faults: EvmFaults;
  /** Takes each pending transaction. */
  onTransaction(tx: ChainTransaction): void;
}

export class PendingTransactions {
  readonly #options: PendingOptions;
  readonly #known = new BoundedMap<string, true>(PENDING_LIMITS.known_count);
  #queue: string[] = [];
  #inFlight = 0;

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /** Takes an item of the subscription. Throws RowError where it is neither a transaction nor a hash. */
  take(item: unknown): void {
    if (typeof item !== "string") return this.#hand(item);
    if (!/^0x[0-9a-fA-F]{64}$/.test(item)) throw new RowError("hash", "0x and 64 hex digits", item);
    const hash = item.toLowerCase();
    if (this.#known.get(hash) !== undefined) return;
    if (this.#queue.length >= PENDING_LIMITS.queue_count)
      return this.#options.faults.add("missed_pending", hash);
    this.#known.set(hash, true);
    this.#queue.push(hash);
    this.#ask();
  }

  /** The connection is over: nobody can be asked about those that wait. */
  clear(): void {
    const [first] = this.#queue;
    if (first !== undefined) this.#options.faults.add("missed_pending", first, this.#queue.length);
    for (const hash of this.#queue) this.#known.delete(hash);
    this.#queue = [];
  }

  #ask(): void {
    while (this.#inFlight < PENDING_LIMITS.batches_in_flight_count && this.#queue.length > 0) {
      this.#inFlight += 1;
      void this.#fetch(this.#queue.splice(0, PENDING_LIMITS.batch_count)).finally(() => {
        this.#inFlight -= 1;
        this.#ask();
      });
    }
  }

  async #fetch(hashes: readonly string[]): Promise<void> {
    const { rpc, faults } = this.#options;
    try {
      const answers = await rpc.requestMany(
        "eth_getTransactionByHash",
        hashes.map((hash) => [hash]),
      );
      for (const answer of answers) if (answer !== null) this.#handReadable(answer);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      faults.add("missed_pending", error.message, hashes.length);
      // They may be named again.
      for (const hash of hashes) this.#known.delete(hash);
    }
  }

  #handReadable(answer: unknown): void {
    try {
      const tx = readTransaction(asRow(answer));
      if (tx.block_number === null) this.#options.onTransaction(tx);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.#options.faults.add("malformed_row", error.message);
    }
  }

  #hand(item: unknown): void {
    const tx = readTransaction(asRow(item));
    if (tx.block_number !== null || this.#known.get(tx.hash) !== undefined) return;
    this.#known.set(tx.hash, true);
    this.#options.onTransaction(tx);
  }
}
