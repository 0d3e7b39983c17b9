/**
 * From one upstream to its consumers, with the books kept: of each consumer is known what matched, what was handed over
 * and what was dropped, and matched = forwarded + dropped. One that gets nothing while trades come is named.
 */
import type { Clock } from "../../clock.ts";
import type { Item } from "./items.ts";
import { FIREHOSE_LIMITS } from "./limits.ts";
import { takes } from "./subscriptions.ts";

export interface Consumer {
  readonly name: string;
  readonly subscriptions: ReadonlySet<string>;
  /** Takes trades, all of which match; answers how many it did not take, and why, or null. */
  take(trades: readonly Item[]): { readonly dropped: number; readonly reason: string } | null;
}

/** A consumer's books. Numbers are trades since it was attached. */
export interface Account {
  readonly name: string;
  readonly received: number;
  readonly matched: number;
  readonly forwarded: number;
  readonly dropped: Readonly<Record<string, number>>;
  /** Trades a second of the last whole second, upstream and to this consumer. */
  readonly received_per_s: number;
  readonly forwarded_per_s: number;
  /** Why nothing reaches it while trades come; null: something does, or none come. */
  readonly stalled: string | null;
}

export interface FanOutOptions {
  readonly clock: Clock;
  /** A consumer gets nothing while trades come (`reason`), or gets something again (null). */
  onStall(account: Account, reason: string | null): void;
}

interface Entry {
  readonly consumer: Consumer;
  received: number;
  matched: number;
  forwarded: number;
  readonly dropped: Map<string, number>;
  /** Since when trades have come and none reached it, monotonic ms; null: the last one did. */
  starvedSince: number | null;
  lastReason: string;
  stalled: string | null;
  /** At the last whole second. */
  mark: { received: number; forwarded: number };
  rates: { received: number; forwarded: number };
}

const SECOND_MS = 1_000;

export class FanOut {
  readonly #options: FanOutOptions;
  readonly #entries = new Map<Consumer, Entry>();
  #received = 0;
  #receivedMs = Number.NEGATIVE_INFINITY;
  #markMs = 0;
  #cancel: (() => void) | null = null;

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  /** Trades from upstream, ever. */
  get received(): number {
    return this.#received;
  }

  attach(consumer: Consumer): void {
    this.#entries.set(consumer, {
      consumer,
      received: 0,
      matched: 0,
      forwarded: 0,
      dropped: new Map(),
      starvedSince: null,
      lastReason: "",
      stalled: null,
      mark: { received: 0, forwarded: 0 },
      rates: { received: 0, forwarded: 0 },
    });
    this.#cancel ??= this.#checkLater();
  }

  detach(consumer: Consumer): void {
    this.#entries.delete(consumer);
    if (this.#entries.size > 0) return;
    this.#cancel?.();
    this.#cancel = null;
  }

  /** Hands trades to all. A consumer that throws loses them, and no other does. */
  push(trades: readonly Item[]): void {
    if (trades.length === 0) return;
    this.#received += trades.length;
    this.#receivedMs = this.#options.clock.now().ms;
    for (const entry of this.#entries.values()) {
      const { subscriptions } = entry.consumer;
      const matching = subscriptions.has("T.*")
        ? trades
        : trades.filter(({ sym }) => takes(subscriptions, String(sym)));
      entry.received += trades.length;
      entry.matched += matching.length;
      if (matching.length === 0)
        this.#starve(entry, `no trade matches ${[...subscriptions].join(",").slice(0, 100)}`);
      else this.#give(entry, matching);
    }
  }

  accounts(): Account[] {
    return Array.from(this.#entries.values(), accountOf);
  }

  #give(entry: Entry, trades: readonly Item[]): void {
    let refusal: { readonly dropped: number; readonly reason: string } | null;
    try {
      refusal = entry.consumer.take(trades);
    } catch (error) {
      refusal = { dropped: trades.length, reason: `error: ${(error as Error).message.slice(0, 100)}` };
    }
    const { dropped, reason } = refusal ?? { dropped: 0, reason: "" };
    entry.forwarded += trades.length - dropped;
    if (dropped > 0) {
      // Reasons come from our own code and its errors: of many kinds only the first few are told apart.
      const known = entry.dropped.has(reason) || entry.dropped.size < MAX_REASONS ? reason : "other";
      entry.dropped.set(known, (entry.dropped.get(known) ?? 0) + dropped);
    }
    if (dropped < trades.length) entry.starvedSince = null;
    else this.#starve(entry, reason);
  }

  #starve(entry: Entry, reason: string): void {
    entry.starvedSince ??= this.#options.clock.now().ms;
    entry.lastReason = reason;
  }

  #checkLater(): () => void {
    return this.#options.clock.after(FIREHOSE_LIMITS.stall_check_ms, () => {
      this.#check();
      this.#cancel = this.#entries.size > 0 ? this.#checkLater() : null;
    });
  }

  #check(): void {
    const now = this.#options.clock.now().ms;
    const isFlowing = now - this.#receivedMs < SECOND_MS;
    for (const entry of this.#entries.values()) {
      const { starvedSince } = entry;
      const isLong = starvedSince !== null && now - starvedSince >= FIREHOSE_LIMITS.stall_ms;
      // It stays named while nobody gets anything.
      const isStalled = isLong && (isFlowing || entry.stalled !== null);
      const stalled = isStalled ? entry.lastReason : null;
      const isNews = (stalled === null) !== (entry.stalled === null);
      entry.stalled = stalled;
      if (isNews) this.#options.onStall(accountOf(entry), stalled);
    }
    if (now - this.#markMs < SECOND_MS) return;
    const seconds = (now - this.#markMs) / SECOND_MS;
    this.#markMs = now;
    for (const entry of this.#entries.values()) {
      const { received, forwarded, mark } = entry;
      entry.rates = {
        received: (received - mark.received) / seconds,
        forwarded: (forwarded - mark.forwarded) / seconds,
      };
      entry.mark = { received, forwarded };
    }
  }
}

const MAX_REASONS = 8;

function accountOf(entry: Entry): Account {
  const { consumer, received, matched, forwarded, dropped, rates, stalled } = entry;
  return {
    name: consumer.name,
    received,
    matched,
    forwarded,
    dropped: Object.fromEntries(dropped),
    received_per_s: rates.received,
    forwarded_per_s: rates.forwarded,
    stalled,
  };
}
