/**
 * Holds the worker under one byte budget. Over it, what is least missed goes first, until the rest fits again with some
 * room: kept details; rows that only views still hold; bodies of the oldest rows, channel by channel; at last whole
 * channels that no view shows, but for the last that is followed.
 */
import type { ChannelKind, ChannelName } from "../../protocol/stream/channels.ts";
import type { MemoryReport } from "../api.ts";
import { MEMORY_LIMITS } from "../limits.ts";
import type { Shed } from "../store/bytes.ts";
import type { Store } from "../store/store.ts";
import { barsOf, type Stores } from "../store/stores.ts";
import type { Views } from "../views/views.ts";
import type { DetailCache } from "./detail-cache.ts";

/**
 * Least important first; one that nothing shows goes before any that is shown. Features say again what transactions say; bars
 * are fetched again in one request, and the last of each symbol, the pools and the sums of features come back with their next
 * change; an opportunity that is old is over; a pool event can be found again by its transaction; transactions are what the
 * product is for; the heads of chains are few, and every row's depth is told by them.
 */
export const SHED_ORDER = [
  "feature.main",
  "market.bars",
  "market.main",
  "pool.state",
  "feature.top",
  "opportunity.main",
  "pool.main",
  "tx.main",
  "chain.main",
] as const satisfies readonly ChannelKind[];

export interface BudgetCalls {
  /** Its views stay at their instant for now, so what they hold is not let go. */
  isCut(channel: ChannelName): boolean;
  shed(channel: ChannelName, shed: Shed): void;
  /** The channel is to be followed no more, and emptied by the time that the worker idles. */
  leave(channel: ChannelName): void;
}

export class Budget {
  readonly limit_bytes: number;
  #stores: Stores;
  #views: Views;
  #details: DetailCache;
  #calls: BudgetCalls;

  constructor(stores: Stores, views: Views, details: DetailCache, limit_bytes: number, calls: BudgetCalls) {
    this.limit_bytes = limit_bytes;
    this.#stores = stores;
    this.#views = views;
    this.#details = details;
    this.#calls = calls;
  }

  /** By the rule of store/bytes.ts; what views hold alone by its upper bound. */
  get held_bytes(): number {
    let bytes = this.#details.bytes + this.#views.beyond_bytes;
    for (const store of Object.values(this.#stores)) bytes += store.bytes;
    return bytes;
  }

  /**
   * After it `held_bytes` is at most the limit, or nothing is left but the newest tenth of each channel that is shown
   * and the ids of its other rows; either way beside what views of cut channels hold, which is let go after the cut.
   */
  enforce(): void {
    if (this.held_bytes <= this.limit_bytes) return;
    while (this.#excess() > 0 && this.#details.dropOldest());
    if (this.#excess() > 0) this.#views.release(this.#calls.isCut);
    if (this.#shed()) this.#views.release(this.#calls.isCut);
    let held_bytes = this.held_bytes;
    for (const { channel, store } of this.#followed()) {
      if (held_bytes <= this.limit_bytes) return;
      const { count, bytes } = store;
      if (count === 0 || this.#views.shows(channel)) continue;
      this.#calls.leave(channel);
      held_bytes -= bytes;
    }
  }

  report(): MemoryReport {
    return {
      budget_bytes: this.limit_bytes,
      held_bytes: this.held_bytes,
      details_bytes: this.#details.bytes,
      views_bytes: this.#views.beyond_bytes,
      channels: Object.fromEntries(
        this.#followed().map(({ channel, store }) => {
          const { bytes, count, shedRows } = store;
          return [channel, { bytes, rows: count, shed_rows: shedRows }];
        }),
      ) as MemoryReport["channels"],
    };
  }

  /** Every channel that is followed, least important first. */
  #followed(): { channel: ChannelName; store: Store }[] {
    const bars = barsOf(this.#stores);
    return SHED_ORDER.flatMap((kind) => (kind === "market.bars" ? bars : [kind])).map((channel) => ({
      channel,
      store: this.#stores[channel]!,
    }));
  }

  /** Bytes over what relief goes down to. */
  #excess(): number {
    return this.held_bytes - this.limit_bytes * MEMORY_LIMITS.relief_share;
  }

  /** Whether any was. */
  #shed(): boolean {
    const followed = this.#followed();
    const shown = followed.filter(({ channel }) => this.#views.shows(channel));
    const hidden = followed.filter((each) => !shown.includes(each));
    let any = false;
    // What is freed here is counted as the views' until they are released: so it is reckoned, not read.
    let excess = this.#excess();
    for (const each of [...hidden, ...shown]) {
      if (excess <= 0) break;
      const { channel, store } = each;
      const kept_rows = shown.includes(each) ? Math.ceil(store.count / MEMORY_LIMITS.kept_one_in_count) : 0;
      const before = store.bytes;
      const shed = store.shed(excess, kept_rows);
      excess -= before - store.bytes;
      if (shed === null) continue;
      this.#calls.shed(channel, shed);
      any = true;
    }
    return any;
  }
}
