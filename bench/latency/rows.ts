/** Latencies as rows of the table. */
import { quantile } from "../../e2e/soak/quantiles.ts";
import type { BenchRow } from "../harness.ts";

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** Rows of one load: each way's quantiles beside those of the way that was measured first. */
export class LatencyRows {
  readonly rows: BenchRow[] = [];
  readonly #load: string;
  #first: { readonly way: string; readonly values: readonly number[] } | null = null;

  constructor(load: string) {
    this.#load = load;
  }

  /** Throws where there are no latencies. */
  add(way: string, latencies: readonly number[]): void {
    const values = Object.values(QUANTILES).map((share) => quantile(latencies, share) ?? Number.NaN);
    if (values.some(Number.isNaN)) throw new Error(`${this.#load}: ${way} has no latencies`);
    const first = this.#first;
    this.#first ??= { way, values };
    for (const [index, label] of Object.keys(QUANTILES).entries()) {
      const value = values[index] as number;
      const row = { case: `${this.#load}: ${way}, ${label}`, value, unit: "ms" };
      if (first === null) this.rows.push(row);
      else {
        const ratio = value / (first.values[index] as number);
        this.rows.push({ ...row, ratio, compared_with: `${this.#load}: ${first.way}, ${label}` });
      }
    }
  }
}
