/** What rows of market.main show beside their names: the last bar, and the session, a UTC day of event time. */
import type { Slab } from "../window/slab.ts";
import type { Window } from "../window/window.ts";
import { BAR, BAR_BYTES } from "./bar-record.ts";
import { MOVES } from "./conditions.ts";
import { MARKET } from "./market-record.ts";
import type { Print } from "./print.ts";

const DAY_MS = 86_400_000;
const NS_PER_MS = 1_000_000;
const NO_DAY = -1;

export class MarketRows {
  readonly #window: Window;
  /** Of each symbol: the session's day, and the time of its first trade, which the row shows the price of. */
  readonly #days: Float64Array;
  readonly #openMs: Float64Array;
  readonly #openNs: Uint32Array;
  /** 1 where that trade is one whose conditions let it tell. */
  readonly #openCounts: Uint8Array;

  constructor(window: Window) {
    this.#window = window;
    this.#days = new Float64Array(window.cap);
    this.#openMs = new Float64Array(window.cap);
    this.#openNs = new Uint32Array(window.cap);
    this.#openCounts = new Uint8Array(window.cap);
  }

  get bytes(): number {
    return (
      this.#days.byteLength + this.#openMs.byteLength + this.#openNs.byteLength + this.#openCounts.byteLength
    );
  }

  /** Begins the row of a symbol that is new at its slot: it has its seq, and is to be shown a bar. */
  begin(symbol: number): void {
    this.#window.records.clear(symbol);
    this.#days[symbol] = NO_DAY;
  }

  /** Is no bar shown yet? */
  isNew(symbol: number): boolean {
    return this.#days[symbol] === NO_DAY;
  }

  /** Start of the bar that is shown. */
  startOf(symbol: number): number {
    return this.#window.records.getNumber(symbol, BAR.start);
  }

  /** Its interval, as an index into BAR_INTERVALS. */
  intervalOf(symbol: number): number {
    return this.#window.records.getByte(symbol, BAR.interval);
  }

  isFinal(symbol: number): boolean {
    return this.#window.records.getByte(symbol, BAR.final) === 1;
  }

  /** Shows the bar as final. The caller gives the row its seq. */
  finish(symbol: number): void {
    this.#window.records.setByte(symbol, BAR.final, 1);
  }

  /** Is this the bar that is shown? */
  shows(symbol: number, bars: Slab, bar: number): boolean {
    return (
      bars.getNumber(bar, BAR.start) === this.startOf(symbol) &&
      bars.getByte(bar, BAR.interval) === this.intervalOf(symbol)
    );
  }

  /** Shows a bar as it is now. The caller gives the row its seq. */
  show(symbol: number, bars: Slab, bar: number): void {
    this.#window.records.takeRecord(symbol, 0, bars, bar, 0, BAR_BYTES);
  }

  /** Shows a bar, as it is after a trade of it was taken back: the newest trade is then its last one. */
  showLast(symbol: number, bars: Slab, bar: number): void {
    this.show(symbol, bars, bar);
    const { records } = this.#window;
    const last = this.startOf(symbol) + Math.floor(records.getNumber(symbol, BAR.close_at) / NS_PER_MS);
    records.setNumber(symbol, MARKET.last_trade, last);
  }

  /** Notes a trade's time; true where it is the newest. */
  seeTime(symbol: number, ms: number): boolean {
    const { records } = this.#window;
    if (ms <= records.getNumber(symbol, MARKET.last_trade)) return false;
    records.setNumber(symbol, MARKET.last_trade, ms);
    return true;
  }

  /**
   * A session opens with its first trade by event time, of equals the first to come, of those that may tell if there is
   * one. True where this print is it.
   */
  seeOpen(symbol: number, print: Print): boolean {
    const day = Math.floor(print.ms / DAY_MS);
    const counts = (print.moves & MOVES.ends) === 0 ? 0 : 1;
    const held = this.#days[symbol] as number;
    if (day < held) return false;
    if (day === held) {
      const heldCounts = this.#openCounts[symbol] as number;
      if (counts < heldCounts || (counts === heldCounts && !this.#isBefore(symbol, print))) return false;
    }
    this.#days[symbol] = day;
    this.#openMs[symbol] = print.ms;
    this.#openNs[symbol] = print.ns;
    this.#openCounts[symbol] = counts;
    const { records } = this.#window;
    const at = (records.at(symbol) + MARKET.session_open) >>> 2;
    records.words[at] = print.priceLow;
    records.words[at + 1] = print.priceHigh;
    return true;
  }

  #isBefore(symbol: number, print: Print): boolean {
    return print.compareTime(this.#openMs[symbol] as number, this.#openNs[symbol] as number) < 0;
  }

  /** Did the session open with the print? */
  isOpen(symbol: number, print: Print): boolean {
    return print.compareTime(this.#openMs[symbol] as number, this.#openNs[symbol] as number) === 0;
  }

  /** Opens the session of the bar that is shown with that bar: until `seeOpen` sees an earlier trade of the day. */
  reopen(symbol: number): void {
    const { records } = this.#window;
    const start = this.startOf(symbol);
    const offset = records.getNumber(symbol, BAR.open_at);
    this.#days[symbol] = Math.floor(start / DAY_MS);
    this.#openMs[symbol] = start + Math.floor(offset / NS_PER_MS);
    this.#openNs[symbol] = offset % NS_PER_MS;
    this.#openCounts[symbol] = records.getByte(symbol, BAR.ends_count);
    records.takeRecord(symbol, MARKET.session_open, records, symbol, BAR.open, 8);
  }
}
