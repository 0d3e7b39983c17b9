/** What all parts of the fold share: one counter of changes, one clock, one tally, one hash of keys. */
import type { Clock } from "./clock.ts";
import type { Tally } from "./counters.ts";
import type { KeyHash } from "./window/key.ts";
import type { SeqCounter } from "./window/seq-ring.ts";

export interface FoldContext {
  readonly counter: SeqCounter;
  readonly clock: Clock;
  readonly tally: Tally;
  readonly hash: KeyHash;
}
