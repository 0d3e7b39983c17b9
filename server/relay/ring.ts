/**
 * The newest messages of a stream, numbered from 1. Whoever reads holds a number, not a queue, so no reader makes it grow.
 * Bytes lie in segments that are only ever appended to and dropped whole: what was handed out stays as it was.
 */
import { RELAY_LIMITS } from "./limits.ts";

export interface RingBounds {
  readonly bytes: number;
  readonly messages: number;
}

interface Segment {
  /** Number of its first message. */
  readonly first: number;
  readonly bytes: Uint8Array;
  /** Where each message ends in `bytes`. */
  readonly ends: Uint32Array;
  count: number;
  length: number;
}

/** Whole messages, one after the other. */
export interface Stretch {
  readonly bytes: Uint8Array;
  /** Number of the last message in it. */
  readonly last: number;
}

const { segment_bytes, segment_messages_count } = RELAY_LIMITS;

export class ReplayRing {
  readonly #bounds: RingBounds;
  readonly #segments: Segment[] = [];
  #newest = 0;
  #bytes = 0;

  constructor(bounds: RingBounds) {
    this.#bounds = bounds;
  }

  /** Number of the newest message; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** Number of the last message that was dropped: what follows it is held. */
  get dropped(): number {
    const [oldest] = this.#segments;
    return oldest === undefined ? this.#newest : oldest.first - 1;
  }

  get heldCount(): number {
    return this.#newest - this.dropped;
  }

  /** What the segments take; over the bound by less than one segment, and by one message that is larger than it. */
  get heldBytes(): number {
    return this.#bytes;
  }

  /** Takes a copy of one whole message. */
  append(message: Uint8Array): void {
    let segment = this.#segments.at(-1);
    if (
      segment === undefined ||
      segment.count === segment.ends.length ||
      segment.length + message.length > segment.bytes.length
    ) {
      segment = this.#open(message.length);
    }
    segment.bytes.set(message, segment.length);
    segment.length += message.length;
    segment.ends[segment.count++] = segment.length;
    this.#newest++;
    while (this.#isOver() && this.#segments.length > 1) this.#dropOldest();
  }

  /** What follows message `after`, a segment's rest at the most; null where nothing does. Of what was dropped: the oldest held. */
  read(after: number): Stretch | null {
    const next = Math.max(after, this.dropped) + 1;
    const segment = this.#segments.findLast(({ first }) => first <= next);
    if (segment === undefined || next > this.#newest) return null;
    const start = next === segment.first ? 0 : (segment.ends[next - segment.first - 1] as number);
    return {
      bytes: segment.bytes.subarray(start, segment.length),
      last: segment.first + segment.count - 1,
    };
  }

  /** The number after which at most `bytes` follow up to `until`, within what is held. */
  back(until: number, bytes: number): number {
    let after = until;
    for (let left = bytes; after > this.dropped; after--) {
      const segment = this.#segments.findLast(({ first }) => first <= after) as Segment;
      const index = after - segment.first;
      left -= (segment.ends[index] as number) - (index === 0 ? 0 : (segment.ends[index - 1] as number));
      if (left < 0) break;
    }
    return after;
  }

  #open(leastBytes: number): Segment {
    const segment = {
      first: this.#newest + 1,
      bytes: new Uint8Array(Math.max(segment_bytes, leastBytes)),
      ends: new Uint32Array(segment_messages_count),
      count: 0,
      length: 0,
    };
    this.#segments.push(segment);
    this.#bytes += segment.bytes.length + segment.ends.byteLength;
    return segment;
  }

  #isOver(): boolean {
    return this.#bytes > this.#bounds.bytes || this.heldCount > this.#bounds.messages;
  }

  #dropOldest(): void {
    const segment = this.#segments.shift() as Segment;
    this.#bytes -= segment.bytes.length + segment.ends.byteLength;
  }
}
