/** What could not be told in TLV, or not be read at all: counted by code, never passed over in silence. */
export const EVM_FAULT_CODES = [
  /** A value does not fit its TLV field, as an amount over u128 does. */
  "unfit_value",
  /** A swap whose amounts show no direction: both into the pool, or both out of it. */
  "undirected_swap",
  /** A pool's log with a word that is out of its type's range. */
  "malformed_log",
  /** A block, transaction, receipt or log that the node sent cannot be read. */
  "malformed_row",
  /** Blocks that were not handed over: too far behind, or the node does not have them. */
  "missed_block",
  /** Transactions of blocks that were far behind, of which only pool events and heads were fetched. */
  "missed_transaction",
  /** A reorg went deeper than what is remembered: what was told of older blocks was not taken back. */
  "deep_reorg",
  /** Pending transactions that were not fetched: too many at once. */
  "missed_pending",
  /** Connections to a node that tells no pending transactions. */
  "no_pending",
  /** Pools whose state the node did not tell after any block of a while. */
  "unstated_pool",
  /** Addresses that may be pools and were not asked about: too many in one block. */
  "unasked_pool",
] as const;

export type EvmFaultCode = (typeof EVM_FAULT_CODES)[number];

export class EvmFaults {
  readonly #counts = new Map<EvmFaultCode, { count: number; first: string }>();
  readonly #onFirst: (line: string) => void;

  /** @param onFirst takes a line about the first of each code */
  constructor(onFirst: (line: string) => void = () => {}) {
    this.#onFirst = onFirst;
  }

  add(code: EvmFaultCode, detail: string, count = 1): void {
    const known = this.#counts.get(code);
    if (known !== undefined) {
      known.count += count;
      return;
    }
    this.#counts.set(code, { count, first: detail });
    this.#onFirst(`${code}: ${detail}`);
  }

  count(code: EvmFaultCode): number {
    return this.#counts.get(code)?.count ?? 0;
  }

  /** One line a code that occurred: how often, and what the first was. */
  lines(): string[] {
    return [...this.#counts].map(([code, { count, first }]) => `${count} ${code}, first: ${first}`);
  }
}
