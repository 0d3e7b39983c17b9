/** Where a reader stands in a relay's stream, and what it has missed. */
import type { Position } from "../../relay/control.ts";

export class StreamPosition {
  #at: Position = { epoch: "", seq: 0 };
  #missed = 0;

  /** To ask for what follows. */
  get at(): Position {
    return this.#at;
  }

  /** Messages that the relay no longer held when they were asked for. */
  get missed(): number {
    return this.#missed;
  }

  /** The relay begins behind `begin`. Returns how many messages are missed by that; those before the first answer are none. */
  begin(begin: Position): number {
    const { epoch, seq } = this.#at;
    this.#at = begin;
    if (epoch === "") return 0;
    const missed = Math.max(0, begin.seq - (epoch === begin.epoch ? seq : 0));
    this.#missed += missed;
    return missed;
  }

  /** A message has come. */
  advance(): void {
    this.#at = { epoch: this.#at.epoch, seq: this.#at.seq + 1 };
  }

  /** The relay has given all up to `seq`, some of which was damaged on its way. */
  correct(seq: number): void {
    this.#at = { epoch: this.#at.epoch, seq };
  }
}
