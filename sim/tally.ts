/** Many runs summed up. */
import type { Outcome } from "./run.ts";

export class Tally {
  runs = 0;
  steps = 0;
  virtual_ms = 0;
  /** Runs that were not well. */
  failed = 0;
  readonly counts: Record<string, number> = {};

  add({ steps, virtual_ms, counts, failure }: Outcome): void {
    this.runs++;
    this.steps += steps;
    this.virtual_ms += virtual_ms;
    if (failure !== null) this.failed++;
    for (const name of Object.keys(counts)) this.counts[name] = (this.counts[name] ?? 0) + counts[name]!;
  }

  /** How often things of a group happened, by their names without it, in the order of the names. */
  group(group: string): [name: string, count: number][] {
    const prefix = `${group} `;
    return Object.keys(this.counts)
      .filter((name) => name.startsWith(prefix))
      .toSorted()
      .map((name) => [name.slice(prefix.length), this.counts[name]!]);
  }
}
