/** What all parts of the fold share: one of each. */

import type { ChainSection } from "../protocol/chain-section.ts";
import type { Clock } from "./clock.ts";
import type { Tally } from "./counters.ts";
import type { Journal } from "./reorg/journal.ts";
import type { KeyHash } from "./window/key.ts";
import type { SeqCounter } from "./window/seq-ring.ts";

export interface FoldContext {
  readonly counter: SeqCounter;
  readonly clock: Clock;
  readonly tally: Tally;
  readonly hash: KeyHash;
  /** Keeps what blocks change, so that it can be taken back. */
  readonly journal: Journal;
  /** What is known beforehand of the chains. */
  readonly chains: readonly ChainSection[];
}
