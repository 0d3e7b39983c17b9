/** Which channels are between the parts of a change set, and how old what has not been shown is. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { VIEW_LIMITS } from "../limits.ts";
import type { Change } from "./link.ts";

export class Freshness {
  #cutSince = new Map<ChannelName, number>();
  #received = new Map<ChannelName, number>();

  changed({ channel, cut, received_ms }: Change, now: number): void {
    if (!cut) this.#cutSince.delete(channel);
    else if (!this.#cutSince.has(channel)) this.#cutSince.set(channel, now);
    if (received_ms !== null && !this.#received.has(channel)) this.#received.set(channel, received_ms);
  }

  /** Its views stay at the instant before. */
  isCut(channel: ChannelName, now: number): boolean {
    const since = this.#cutSince.get(channel);
    return since !== undefined && now - since < VIEW_LIMITS.cut_ms;
  }

  anyCut(now: number): boolean {
    return [...this.#cutSince.keys()].some((channel) => this.isCut(channel, now));
  }

  /** What was received until now is not measured: nobody sees it, or nobody saw it in all that time. */
  forgetReceipts(): void {
    this.#received.clear();
  }

  /** When the oldest change that is shown from now on was received; null when there is none. */
  take(now: number): number | null {
    let oldest: number | null = null;
    for (const [channel, received_ms] of this.#received) {
      if (this.isCut(channel, now)) continue;
      oldest = Math.min(oldest ?? received_ms, received_ms);
      this.#received.delete(channel);
    }
    return oldest;
  }
}
