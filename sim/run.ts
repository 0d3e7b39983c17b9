/** One run: the scenario of a seed from its beginning to the quiet after it, and whether all was well. */
import "./limits.ts";
import { Random } from "../workers/testing/random.ts";
import { Clock } from "./clock.ts";
import { play } from "./play.ts";
import { drawScenario, type Scenario } from "./scenario.ts";
import { Trace } from "./trace.ts";
import { first } from "./violation.ts";

export interface Outcome {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Events that were delivered: messages, timers, answers. */
  readonly steps: number;
  readonly virtual_ms: number;
  /** What happened, and how often. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of all that happened; equal for equal seeds. */
  readonly hash: string;
  /** The last events before the end. */
  readonly events: readonly string[];
  /** A Violation where a rule was broken, any other error where the product threw; null where all was well. */
  readonly failure: Error | null;
}

export async function run(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const scenario = drawScenario(random.fork());
  const clock = new Clock();
  const start_ms = clock.ms;
  const trace = new Trace(clock);
  let failure: Error | null = null;
  first.violation = null;
  try {
    await play(scenario, random, clock, trace);
  } catch (error) {
    failure = first.violation ?? (error instanceof Error ? error : new Error(String(error)));
  }
  return {
    seed,
    scenario,
    steps: clock.steps,
    virtual_ms: clock.ms - start_ms,
    counts: trace.counts,
    hash: trace.hash,
    events: trace.last,
    failure,
  };
}
