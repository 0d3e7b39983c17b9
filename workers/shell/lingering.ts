/**
 * Channels of bars that nothing shows any more. They are followed for a while yet, within what may be followed at all: so a
 * quick switch between two charts costs neither a request nor a hole.
 */
import type { BarsChannel } from "../../protocol/stream/channels.ts";
import { BARS_LIMITS } from "../limits.ts";
import { barsOf, type Stores } from "../store/stores.ts";
import type { Views } from "../views/views.ts";
import type { Environment } from "./environment.ts";

export class Lingering {
  #env: Environment;
  #stores: Stores;
  #views: Views;
  #leave: (channel: BarsChannel) => void;
  /** What cancels their timers; the one that nothing has shown for longest first. */
  #idle = new Map<BarsChannel, () => void>();

  /** `leave`: the channel is to be followed no more, and its store dropped. */
  constructor(env: Environment, stores: Stores, views: Views, leave: (channel: BarsChannel) => void) {
    this.#env = env;
    this.#stores = stores;
    this.#views = views;
    this.#leave = leave;
  }

  get size(): number {
    return this.#idle.size;
  }

  /** What is shown has changed. */
  settle(): void {
    for (const channel of barsOf(this.#stores)) {
      if (this.#views.shows(channel)) {
        this.#forget(channel);
      } else if (!this.#idle.has(channel)) {
        const cancel = this.#env.after(BARS_LIMITS.linger_ms, () => this.leave(channel));
        this.#idle.set(channel, cancel);
      }
    }
    let excess = barsOf(this.#stores).length - BARS_LIMITS.followed_count;
    for (const channel of this.#idle.keys()) if (excess-- > 0) this.leave(channel);
  }

  leave(channel: BarsChannel): void {
    this.#forget(channel);
    this.#leave(channel);
  }

  #forget(channel: BarsChannel): void {
    this.#idle.get(channel)?.();
    this.#idle.delete(channel);
  }
}
