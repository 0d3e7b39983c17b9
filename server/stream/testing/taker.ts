import type { VirtualClock } from "../../testing/clock.ts";
import type { Batch } from "../batch.ts";
import type { Subscriber } from "../flow.ts";
import type { Hub } from "../hub.ts";
import type { Position } from "../session/state.ts";

/** Takes what is offered while it has credit, as a session does. */
export class Taker implements Subscriber {
  readonly batches: Batch[] = [];
  readonly times: number[] = [];
  starvations = 0;
  lost = 0;
  failures = 0;
  /** What a failure takes it out of. */
  hub: Hub | null = null;
  at: Position;
  readonly #clock: VirtualClock;
  readonly #channel: string;

  constructor(clock: VirtualClock, cursor: number, credit: number, channel = "tx.main") {
    this.#clock = clock;
    this.#channel = channel;
    this.at = {
      cursor,
      placed_ms: 0,
      credit,
      at: "head",
      starved: false,
      waiting_since_ms: null,
      late_ms: null,
      rung: "full",
    };
  }

  position(channel: string): Position | undefined {
    return channel === this.#channel ? this.at : undefined;
  }

  offer(batch: Batch): void {
    this.batches.push(batch);
    this.times.push(this.#clock.now().ms);
    const { credit } = this.at;
    this.at = { ...this.at, cursor: batch.seq, credit: credit - 1, at: batch.complete ? "head" : "behind" };
  }

  starved(): void {
    this.starvations++;
  }

  outOfReach(): void {
    this.lost++;
  }

  fail(): void {
    this.failures++;
    this.hub?.remove(this);
  }

  grant(hub: Hub, credit: number): void {
    this.at = { ...this.at, credit: this.at.credit + credit };
    hub.pump(this, this.#channel);
    this.#clock.advance(0);
  }
}
