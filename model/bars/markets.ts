/**
 * Markets: trades and swaps become bars of their symbol at every interval, whoever asks for them, and the last of these
 * is the symbol's row in market.main. `docs/bars.md` states the rules.
 */
import { parseBarsChannel } from "../../protocol/stream/channels.ts";
import { OFFSET } from "../../protocol/tlv/layout.ts";
import type { Channel } from "../channel.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import type { PoolRegistry } from "../dex/pool-registry.ts";
import { MODEL_LIMITS } from "../limits.ts";
import type { Window } from "../window/window.ts";
import { BAR, INTERVAL_COUNT, intervalMs } from "./bar-record.ts";
import { BarStore } from "./bar-store.ts";
import { BarsChannel } from "./bars-channel.ts";
import { EventTimes } from "./event-time.ts";
import { KeptSwaps } from "./kept-swaps.ts";
import { MarketRows } from "./market-rows.ts";
import type { BarConfig } from "./options.ts";
import { Print } from "./print.ts";
import { Sources } from "./sources.ts";
import { Symbols } from "./symbols.ts";

/** Its bars are what market.main shows. */
const SHORTEST = 0;

const TRADE = OFFSET.Trade;
const SWAP = OFFSET.PoolSwap;

export interface MarketCaps {
  symbols: number;
  chains: number;
  /** Rows of pool.main. */
  poolEvents: number;
}

export class Markets {
  readonly store: BarStore;
  readonly sources: Sources;
  readonly #latenessMs: number;
  readonly #symbols: Symbols;
  readonly #rows: MarketRows;
  readonly #times: EventTimes;
  readonly #kept: KeptSwaps;
  readonly #tally: Tally;
  readonly #print = new Print();
  /** Bits by interval of the print that was added last: whose bar took it, and where it was late. */
  #taken = 0;
  #late = 0;
  /** Did the symbol that is being added evict another? */
  #hasEvicted = false;

  constructor(caps: MarketCaps, options: BarConfig, context: FoldContext) {
    this.#latenessMs = options.lateness_ms;
    this.#tally = context.tally;
    this.#symbols = new Symbols(caps.symbols, context, (symbol) => {
      this.#hasEvicted = true;
      this.#drop(symbol);
    });
    this.#rows = new MarketRows(this.#symbols.window);
    this.store = new BarStore(
      {
        capacity: options.count,
        seriesCap: options.cap,
        symbols: caps.symbols,
        decimalsOf: (symbol) => this.#symbols.factsOf(symbol).decimals,
      },
      context.counter,
    );
    this.#times = new EventTimes(caps.symbols, caps.chains, context);
    this.#kept = new KeptSwaps(
      MODEL_LIMITS.kept_swaps_per_row_count * caps.poolEvents,
      caps.symbols,
      context.hash,
    );
    this.sources = new Sources(caps.symbols, this.#symbols, this.#times, context, (symbol) =>
      this.#begin(symbol),
    );
  }

  /** market.main. */
  get window(): Window {
    return this.#symbols.window;
  }

  /** Bytes that are there whatever is held. */
  get bytes(): number {
    const parts = [
      this.store.fixedBytes,
      this.sources.bytes,
      this.#symbols.bytes,
      this.#rows.bytes,
      this.#times.bytes,
    ];
    return parts.reduce((sum, bytes) => sum + bytes, this.#kept.bytes);
  }

  /** The channel of this name: empty while its symbol is not known. null: the name of no channel of bars. */
  channel(name: string): Channel | null {
    const about = parseBarsChannel(name);
    return about === null ? null : new BarsChannel(about.symbol, about.interval, this.#symbols, this.store);
  }

  // Folding

  /** Folds a Trade that is no duplicate, with its TradeMeta (-1: none). */
  trade(data: DataView, value: number, meta: number): void {
    const print = this.#print;
    if (!print.takeTrade(data, value, meta)) {
      this.#tally.faults.trade_refused++;
      return;
    }
    if (print.moves === 0) {
      this.#tally.bars.excluded++;
      return;
    }
    if (!this.#isTimed()) return;
    this.#add(this.sources.ofTrade(data, value + TRADE.asset_id));
  }

  /** Folds a swap that is no duplicate, after its pool. `provenance` is -1 for one without, which has its number. */
  swap(
    data: DataView,
    value: number,
    provenance: number,
    number: number,
    pools: PoolRegistry,
    pool: number,
  ): void {
    const print = this.#print;
    print.takeTime(data, value + SWAP.timestamp_ns);
    // A collector that knows no time says 0.
    if (print.ms === 0 || !this.#isTimed()) return;
    if (this.#kept.find(data, provenance, number) >= 0) return;
    const symbol = this.sources.ofSwap(data, value, pools, pool, print);
    if (symbol < 0) return;
    this.#add(symbol);
    this.#kept.add(symbol, print, this.#taken, this.#late);
  }

  /** Takes a swap back whose block has left the chain: its bars are made anew from those that stay. */
  undo(data: DataView, provenance: number): void {
    const undone = this.#kept.find(data, provenance, 0);
    if (undone < 0) {
      if (this.#kept.hasLost) this.#tally.faults.bar_not_remade++;
      return;
    }
    const symbol = this.#kept.symbolOf(undone);
    const ms = this.#kept.msOf(undone);
    this.#kept.read(undone, this.#print);
    const wasOpen = this.#rows.isOpen(symbol, this.#print);
    const taken = Array.from({ length: INTERVAL_COUNT }, (_, interval) =>
      this.#kept.isTaken(undone, interval),
    );
    this.#kept.remove(undone);
    for (const [interval, isTaken] of taken.entries()) {
      const series = symbol * INTERVAL_COUNT + interval;
      const bar = isTaken ? this.store.find(series, bucketOf(ms, interval)) : -1;
      if (bar >= 0) this.#remake(symbol, interval, bar);
    }
    if (wasOpen || ms >= this.#rows.startOf(symbol)) this.#showAnew(symbol, wasOpen);
  }

  /** Notes a ChainHead's time. */
  head(data: DataView, value: number): void {
    this.#times.head(data, value);
  }

  /** Makes final what event time has passed. */
  tick(): void {
    const { store } = this;
    let next = -1;
    for (let bar = store.firstOpen; bar >= 0; bar = next) {
      next = store.nextOpen(bar);
      const series = store.seriesOf(bar);
      const symbol = Math.floor(series / INTERVAL_COUNT);
      const time = this.#times.of(symbol);
      if (!this.#isPast(time, store.startOf(bar), series % INTERVAL_COUNT)) continue;
      store.finish(bar);
      store.change(bar);
      if (!this.#rows.shows(symbol, store.records, bar)) continue;
      this.window.change(symbol);
      this.#rows.show(symbol, store.records, bar);
    }
    this.#finishRows();
  }

  /** The same for rows whose bar was evicted before it was final. */
  #finishRows(): void {
    const rows = this.#rows;
    // A change moves a row to the end of the order, so the last one to look at is known beforehand.
    let left = this.window.count;
    for (let symbol = this.window.oldest; left > 0; left--) {
      const newer = this.window.newer(symbol);
      if (!rows.isFinal(symbol)) {
        const isPast = this.#isPast(this.#times.of(symbol), rows.startOf(symbol), rows.intervalOf(symbol));
        if (isPast) {
          this.window.change(symbol);
          rows.finish(symbol);
        }
      }
      symbol = newer;
    }
  }

  // Symbols

  #begin(symbol: number): void {
    // The new symbol's seq is then news of the other one's end.
    if (this.#hasEvicted) this.store.dropped(this.window.seqOf(symbol));
    this.#hasEvicted = false;
    this.store.begin(symbol);
    this.#rows.begin(symbol);
  }

  #drop(symbol: number): void {
    this.store.drop(symbol);
    this.#kept.drop(symbol);
  }

  // Bars

  #isTimed(): boolean {
    if (this.#times.isTime(this.#print.ms)) return true;
    this.#tally.faults.trade_time++;
    return false;
  }

  /** Has an event time passed a bar's end by the allowed lateness? */
  #isPast(time: number, start: number, interval: number): boolean {
    return start + intervalMs(interval) + this.#latenessMs <= time;
  }

  /** Adds the print to its symbol's bars. */
  #add(symbol: number): void {
    const print = this.#print;
    this.#taken = 0;
    this.#late = 0;
    const time = this.#times.of(symbol);
    let shown = -1;
    for (let interval = 0; interval < INTERVAL_COUNT; interval++) {
      const bar = this.#addTo(symbol, interval, time);
      if (bar < 0) continue;
      this.#taken |= 1 << interval;
      if (interval === SHORTEST) shown = bar;
    }
    if (this.#taken !== 0) this.#show(symbol, shown);
    this.#times.see(symbol, print.ms);
  }

  /** The bar that took the print, or -1. `time` is where event time stood before it. */
  #addTo(symbol: number, interval: number, time: number): number {
    const { store } = this;
    const series = symbol * INTERVAL_COUNT + interval;
    const start = bucketOf(this.#print.ms, interval);
    const isLate = this.#isPast(time, start, interval);
    let bar = store.find(series, start);
    if (bar >= 0) {
      if (!this.#print.addTo(store.records, bar)) {
        this.#tally.faults.bar_overflow++;
        return -1;
      }
      store.change(bar);
    } else {
      if (store.isGone(series, start)) {
        this.#tally.bars.evicted_bucket++;
        return -1;
      }
      bar = store.open(series, start);
      this.#print.addTo(store.records, bar);
    }
    if (!isLate) return bar;
    this.#late |= 1 << interval;
    this.#tally.bars.late++;
    countLate(store, bar);
    if (!store.isFinal(bar)) store.finish(bar);
    return bar;
  }

  /** Brings the symbol's row up to date with the print, whose shortest bar is given (-1: it has none). */
  #show(symbol: number, bar: number): void {
    const rows = this.#rows;
    const isNew = rows.isNew(symbol);
    const isOpen = rows.seeOpen(symbol, this.#print);
    const isNewest = rows.seeTime(symbol, this.#print.ms);
    const isShown = bar >= 0 && this.store.startOf(bar) >= rows.startOf(symbol);
    if (!(isOpen || isNewest || isShown)) return;
    if (!isNew) this.window.change(symbol);
    if (isShown) rows.show(symbol, this.store.records, bar);
  }

  // Reorganisations

  /** Makes a bar anew from the swaps of it that are kept, or removes it where there is none left. */
  #remake(symbol: number, interval: number, bar: number): void {
    const { store } = this;
    const { records } = store;
    const left = records.data.getUint32(records.at(bar) + BAR.trades, true) - 1;
    if (left === 0) return store.remove(bar);
    const start = store.startOf(bar);
    const first = this.#firstOf(symbol, interval, start, left);
    if (first < 0) {
      this.#tally.faults.bar_not_remade++;
      return;
    }
    const isFinal = store.isFinal(bar);
    records.clear(bar);
    records.setNumber(bar, BAR.start, start);
    records.setByte(bar, BAR.interval, interval);
    records.setByte(bar, BAR.final, isFinal ? 1 : 0);
    for (let swap = first; swap >= 0; swap = this.#kept.newer(swap)) {
      if (!this.#isOf(swap, interval, start)) continue;
      this.#kept.read(swap, this.#print);
      this.#print.addTo(records, bar);
      if (this.#kept.isLate(swap, interval)) countLate(store, bar);
    }
    store.change(bar);
  }

  /** The first to come of the `count` last kept swaps that a bar took; -1 where so many are not kept. */
  #firstOf(symbol: number, interval: number, start: number, count: number): number {
    let missing = count;
    for (let swap = this.#kept.newest(symbol); swap >= 0; swap = this.#kept.older(swap)) {
      if (this.#isOf(swap, interval, start) && --missing === 0) return swap;
    }
    return -1;
  }

  #isOf(swap: number, interval: number, start: number): boolean {
    return this.#kept.isTaken(swap, interval) && bucketOf(this.#kept.msOf(swap), interval) === start;
  }

  /** Shows a symbol's last bar of the shortest interval that has one; a symbol that has none is dropped. */
  #showAnew(symbol: number, wasOpen: boolean): void {
    const { store } = this;
    for (let interval = 0; interval < INTERVAL_COUNT; interval++) {
      const bar = store.latestOf(symbol * INTERVAL_COUNT + interval);
      if (bar < 0) continue;
      this.window.change(symbol);
      this.#rows.showLast(symbol, store.records, bar);
      if (wasOpen) this.#reopen(symbol);
      return;
    }
    this.#drop(symbol);
    this.#symbols.remove(symbol);
    store.dropped(store.head);
  }

  /** Opens the session anew: with the first kept swap of its day, else with the bar that is shown. */
  #reopen(symbol: number): void {
    this.#rows.reopen(symbol);
    for (let swap = this.#kept.oldest(symbol); swap >= 0; swap = this.#kept.newer(swap)) {
      this.#kept.read(swap, this.#print);
      this.#rows.seeOpen(symbol, this.#print);
    }
  }
}

/** Start of the bar that a time is in. Without `%`, which is slow on numbers of this size. */
function bucketOf(ms: number, interval: number): number {
  const length = intervalMs(interval);
  const start = Math.floor(ms / length) * length;
  // A quotient that was rounded up to the next whole number, as at the end of all dates.
  return start > ms ? start - length : start;
}

function countLate({ records }: BarStore, bar: number): void {
  const at = records.at(bar) + BAR.late;
  records.data.setUint32(at, records.data.getUint32(at, true) + 1, true);
}
