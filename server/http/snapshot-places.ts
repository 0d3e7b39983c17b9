/**
 * Which snapshots may be sent at once: so many, so many to one address, so many bytes, and each for so long. A body is built
 * whole, so a client that reads slowly holds all of it.
 */
import type { ServerResponse } from "node:http";
import { AddressCounts } from "../address-counts.ts";
import type { Clock } from "../clock.ts";
import { SERVER_LIMITS } from "../limits.ts";

export class SnapshotPlaces {
  readonly #clock: Clock;
  readonly #byAddress = new AddressCounts();
  #count = 0;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more may be built, for `address`. How large it is shows only then: bodies pass their cap by one. */
  isFree(address: string): boolean {
    return (
      this.#count < SERVER_LIMITS.max_snapshots_in_flight_count &&
      this.#bytes < SERVER_LIMITS.max_snapshots_in_flight_bytes &&
      this.#byAddress.of(address) < SERVER_LIMITS.max_snapshots_per_address_count
    );
  }

  /** A body of `bytes` goes to `address` until `response` closes, which is cut off at its deadline. */
  hold(response: Pick<ServerResponse, "once" | "destroy">, address: string, bytes: number): void {
    this.#count++;
    this.#bytes += bytes;
    this.#byAddress.add(address);
    const cancel = this.#clock.after(SERVER_LIMITS.snapshot_deadline_ms, () => response.destroy());
    response.once("close", () => {
      cancel();
      this.#count--;
      this.#bytes -= bytes;
      this.#byAddress.remove(address);
    });
  }
}
