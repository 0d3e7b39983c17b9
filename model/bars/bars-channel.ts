/** A channel of bars: a view of one series of the store, found anew by name at each call. It holds nothing itself. */
import {
  type BarInterval,
  type BarsChannel as BarsChannelName,
  barsChannel,
} from "../../protocol/stream/channels.ts";
import { Digest } from "../../protocol/stream/digest.ts";
import type { ChangeSet, Channel } from "../channel.ts";
import type { SeqCounter } from "../window/seq-ring.ts";

export class BarsChannel implements Channel {
  readonly name: BarsChannelName;
  readonly cap: number;
  readonly count = 0;
  readonly floor = 0;
  readonly reach = 0;
  readonly lastSeq = 0;
  readonly #counter: SeqCounter;

  constructor(symbol: string, interval: BarInterval, cap: number, counter: SeqCounter) {
    this.name = barsChannel(symbol, interval);
    this.cap = cap;
    this.#counter = counter;
  }

  digest(): string {
    return new Digest().toString();
  }

  contentDigest(): string {
    return new Digest().toString();
  }

  changesSince(since: number): ChangeSet | null {
    const seq = this.#counter.head;
    if (since > seq) return null;
    return {
      prev_seq: since,
      seq,
      complete: true,
      upsert: [],
      remove: [],
      evict_before: 0,
      changes: 0,
      evicted: 0,
    };
  }
}
