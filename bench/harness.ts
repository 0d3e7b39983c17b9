/** How a benchmark measures and reports. Every figure stands beside what it is compared with, from the same run. */

export interface BenchRow {
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  /** value of this row / value of the row called `compared_with`. */
  readonly ratio?: number;
  readonly compared_with?: string;
}

export interface BenchTable {
  readonly title: string;
  /** Method and mix, in Markdown. */
  readonly note: string;
  readonly rows: readonly BenchRow[];
}

export interface RateCase {
  readonly name: string;
  /** Does the work on `items` items once. Returns something made of all of it, so that nothing is optimised away. */
  run(): number;
  readonly items: number;
}

const ROUNDS = 7;
const ROUND_MS = 150;

/**
 * Items a second of each case: the median of several rounds. Rounds of the cases alternate, so that a slow moment of the
 * machine falls on all of them.
 */
export function measureRates(
  cases: readonly RateCase[],
  { rounds, roundMs } = { rounds: ROUNDS, roundMs: ROUND_MS },
): Map<string, number> {
  const samples = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  let sink = 0;
  for (const { run } of cases) sink += run();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run, items } of cases) {
      let runs = 0;
      const start = performance.now();
      let elapsed = 0;
      while (elapsed < roundMs) {
        sink += run();
        runs++;
        elapsed = performance.now() - start;
      }
      samples.get(name)?.push((runs * items * 1000) / elapsed);
    }
  }
  if (Number.isNaN(sink)) throw new Error("a case returned NaN");
  return new Map([...samples].map(([name, rates]) => [name, median(rates)]));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
