/**
 * Which of a chain's endpoints to connect to, and when. Pure: time and chance are passed in.
 *
 * The one that works is kept. When it fails, the next in the ring that may be tried at once is; where none may, the one
 * whose turn comes first. An endpoint that failed waits, longer with each failure in a row; after so many in a row its
 * breaker opens: it is left alone for long, then tried once, and one more failure opens it anew. A connection that held
 * for a while ends the row.
 *
 *                  failed n times in a row
 *      closed -------------------------------> open
 *        ^  \__ failed: waits the backoff       |  breaker_open_ms
 *        |                                      v
 *        +------- held healthy_ms -------- half open (one attempt; failed: open)
 */
import { type BackoffLimits, backoffMs } from "../../backoff.ts";

export interface EndpointLimits {
  readonly backoff: BackoffLimits;
  /** Failures in a row that open the breaker. */
  readonly breaker_failures_count: number;
  readonly breaker_open_ms: number;
  /** A connection that held for so long ends a row of failures. */
  readonly healthy_ms: number;
}

interface Endpoint {
  /** In a row. */
  failures: number;
  retry_at_ms: number;
}

export class Endpoints {
  readonly #limits: EndpointLimits;
  readonly #all: readonly Endpoint[];
  #current = 0;

  constructor(count: number, limits: EndpointLimits) {
    this.#limits = limits;
    this.#all = Array.from({ length: count }, () => ({ failures: 0, retry_at_ms: 0 }));
  }

  /** The one to use, and from when on. */
  get next(): { readonly index: number; readonly at_ms: number } {
    return { index: this.#current, at_ms: this.#at(this.#current).retry_at_ms };
  }

  isOpen(index: number): boolean {
    return this.#at(index).failures >= this.#limits.breaker_failures_count;
  }

  /**
   * @param held_ms how long the connection was of use, 0 where there was none
   * @param least_ms what the endpoint asks to be left alone for
   */
  failed(now_ms: number, held_ms: number, random: number, least_ms = 0): void {
    const { backoff, breaker_open_ms, healthy_ms } = this.#limits;
    const endpoint = this.#at(this.#current);
    endpoint.failures = held_ms >= healthy_ms ? 1 : endpoint.failures + 1;
    const wait = this.isOpen(this.#current)
      ? breaker_open_ms * (0.5 + random / 2)
      : backoffMs(endpoint.failures, backoff, random);
    endpoint.retry_at_ms = now_ms + Math.max(wait, least_ms);

    const ring = this.#all.map((_, step) => (this.#current + 1 + step) % this.#all.length);
    const when = (index: number): number => Math.max(now_ms, this.#at(index).retry_at_ms);
    this.#current = ring.reduce((best, index) => (when(index) < when(best) ? index : best));
  }

  #at(index: number): Endpoint {
    return this.#all[index] as Endpoint;
  }
}
