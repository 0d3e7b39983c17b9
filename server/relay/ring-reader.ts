/**
 * Writes a ring to a socket, from a number on: one write is outstanding at a time, so a slow peer costs a segment and a
 * number. Conservation: received = forwarded + held + dropped.
 */
import type { Writable } from "node:stream";
import type { Clock } from "../clock.ts";
import type { ReplayRing } from "./ring.ts";

/** The ring has dropped the messages after `after` up to `until` before they could be written. */
export type OnSkip = (after: number, until: number) => void;

export class RingReader {
  readonly #ring: ReplayRing;
  readonly #socket: Writable;
  readonly #clock: Clock;
  /** What came before is not this reader's. */
  readonly #start: number;
  #written: number;
  #taken: number;
  #isBusy = false;
  /** Since when the outstanding write waits; where there is none, when the last one was taken. */
  #sinceMs: number;
  #skipped = 0;
  #end: number | null = null;
  readonly #onSkip: OnSkip | null;

  /**
   * Reads what follows message `after`; nothing is written before the first `pump`. Overtaken by the ring it tells `onSkip`
   * and goes on with the oldest message that is held, or, where that is null, writes no more.
   */
  constructor(ring: ReplayRing, after: number, socket: Writable, clock: Clock, onSkip: OnSkip | null) {
    this.#ring = ring;
    this.#socket = socket;
    this.#clock = clock;
    this.#start = after;
    this.#written = after;
    this.#taken = after;
    this.#sinceMs = clock.now().ms;
    this.#onSkip = onSkip;
  }

  /** Messages that are this reader's to write: those numbered since its start, until it was stopped. */
  get received(): number {
    return (this.#end ?? this.#ring.newest) - this.#start;
  }

  /** Number of the last message that the socket took. */
  get taken(): number {
    return this.#taken;
  }

  /** Messages that the socket took. */
  get forwarded(): number {
    return this.#taken - this.#start - this.#skipped;
  }

  /** Messages that it has not taken yet. Once stopped there are none: those that were left are dropped. */
  get held(): number {
    return this.#end === null ? this.#ring.newest - this.#taken : 0;
  }

  get dropped(): number {
    return this.#skipped + (this.#end === null ? 0 : this.#end - this.#taken);
  }

  /** The ring has dropped what this reader has not written yet. */
  get isOvertaken(): boolean {
    return this.#end === null && this.#written < this.#ring.dropped;
  }

  /** For how long the socket has not taken what it was given; 0 where it owes nothing. */
  get stalledMs(): number {
    return this.#isBusy ? this.#clock.now().ms - this.#sinceMs : 0;
  }

  /** For how long nothing was written; 0 while something waits. */
  get quietMs(): number {
    return this.#isBusy ? 0 : this.#clock.now().ms - this.#sinceMs;
  }

  /** Writes what there is, unless a write is outstanding. */
  pump(): void {
    if (this.#isBusy || this.#end !== null) return;
    if (this.isOvertaken) {
      if (this.#onSkip === null) return;
      const { dropped } = this.#ring;
      this.#onSkip(this.#taken, dropped);
      this.#skipped += dropped - this.#taken;
      this.#written = dropped;
      this.#taken = dropped;
    }
    const stretch = this.#ring.read(this.#written);
    if (stretch !== null) this.#write(stretch.bytes, stretch.last);
  }

  /** Writes a message that is none of the ring's. Not while a write is outstanding. */
  say(message: Uint8Array): void {
    this.#write(message, this.#written);
  }

  stop(): void {
    this.#end ??= this.#ring.newest;
  }

  #write(bytes: Uint8Array, last: number): void {
    this.#written = last;
    this.#isBusy = true;
    this.#sinceMs = this.#clock.now().ms;
    this.#socket.write(bytes, (error) => {
      this.#isBusy = false;
      this.#sinceMs = this.#clock.now().ms;
      if (error || this.#end !== null) return;
      this.#taken = last;
      this.pump();
    });
  }
}
