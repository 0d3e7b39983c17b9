/**
 * A channel of bars: a view of one series of the store, found by name wherever its symbol is, so it comes alive with that
 * and holds nothing itself. While the symbol is not known it is empty, and its floor is above the last drop of any
 * symbol: who holds bars of one that was dropped learns by that that they are gone.
 */
import {
  BAR_INTERVALS,
  type BarInterval,
  type BarsChannel as BarsChannelName,
  barsChannel,
} from "../../protocol/stream/channels.ts";
import { Digest } from "../../protocol/stream/digest.ts";
import type { BatchLimits, ChangeSet, Channel } from "../channel.ts";
import { utf8Text } from "../json/json-writer.ts";
import { collectChanges, type SeqOrdered } from "../window/changes.ts";
import { INTERVAL_COUNT } from "./bar-record.ts";
import type { BarStore } from "./bar-store.ts";
import type { Symbols } from "./symbols.ts";

const NO_SERIES = -1;

export class BarsChannel implements Channel {
  readonly name: BarsChannelName;
  readonly cap: number;
  readonly #symbol: string;
  readonly #interval: number;
  readonly #symbols: Symbols;
  readonly #store: BarStore;
  /** Where the symbol was found last, as long as its generation stands; -1: nowhere. */
  #slot = -1;
  #generation = 0;

  constructor(symbol: string, interval: BarInterval, symbols: Symbols, store: BarStore) {
    this.name = barsChannel(symbol, interval);
    this.cap = store.seriesCap;
    this.#symbol = symbol;
    this.#interval = BAR_INTERVALS.indexOf(interval);
    this.#symbols = symbols;
    this.#store = store;
  }

  get count(): number {
    return this.#view().count;
  }

  get floor(): number {
    return this.#view().floor;
  }

  get reach(): number {
    return this.#view().reach;
  }

  /** Asked for by every burst that is folded: cheap. */
  get lastSeq(): number {
    const series = this.#series();
    return series === NO_SERIES ? this.#store.droppedSeq : this.#store.lastSeq(series);
  }

  digest(): string {
    const digest = new Digest();
    const series = this.#series();
    if (series !== NO_SERIES) this.#store.mix(series, digest);
    return digest.toString();
  }

  contentDigest(): string {
    const view = this.#view();
    const digest = new Digest();
    for (let slot = view.newest; slot >= 0; slot = view.older(slot)) {
      digest.add(utf8Text(view.textOf(slot)), view.seqOf(slot));
    }
    return digest.toString();
  }

  changesSince(since: number, limits?: BatchLimits): ChangeSet | null {
    return collectChanges(this.#view(), since, limits);
  }

  #series(): number {
    const { generations } = this.#symbols;
    if (this.#slot < 0 || generations[this.#slot] !== this.#generation) {
      this.#slot = this.#symbols.find(this.#symbol);
      this.#generation = generations[this.#slot] ?? 0;
    }
    return this.#slot < 0 ? NO_SERIES : this.#slot * INTERVAL_COUNT + this.#interval;
  }

  #view(): SeriesView {
    return new SeriesView(this.#store, this.#series());
  }
}

/** A series as it is now, or none. */
class SeriesView implements SeqOrdered {
  readonly count: number;
  readonly head: number;
  readonly floor: number;
  readonly reach: number;
  readonly lastSeq: number;
  readonly newest: number;
  readonly #store: BarStore;
  readonly #series: number;

  constructor(store: BarStore, series: number) {
    this.#store = store;
    this.#series = series;
    this.head = store.head;
    const isKnown = series !== NO_SERIES;
    const dropped = store.droppedSeq;
    this.count = isKnown ? store.countOf(series) : 0;
    this.floor = isKnown ? store.floor(series) : dropped === 0 ? 0 : dropped + 1;
    this.reach = isKnown ? store.reach(series) : 0;
    this.lastSeq = isKnown ? store.lastSeq(series) : dropped;
    this.newest = isKnown ? store.newest(series) : -1;
  }

  older(slot: number): number {
    return this.#store.older(slot);
  }

  newer(slot: number): number {
    return this.#store.newer(slot);
  }

  seqOf(slot: number): number {
    return this.#store.seqOf(slot);
  }

  idOf(slot: number): string {
    return String(this.#store.startOf(slot));
  }

  textOf(slot: number): Uint8Array {
    return this.#store.textOf(slot);
  }

  removedAfter(seq: number): { id: string; seq: number }[] {
    return this.#series === NO_SERIES ? [] : this.#store.removedAfter(this.#series, seq);
  }

  changesIn(after: number, upTo: number): number {
    return this.#series === NO_SERIES ? 0 : this.#store.changesIn(this.#series, after, upTo);
  }

  evictedIn(after: number, upTo: number): number {
    return this.#series === NO_SERIES ? 0 : this.#store.evictedIn(this.#series, after, upTo);
  }
}
