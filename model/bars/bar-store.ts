/**
 * Bars of all series (a symbol at an interval) in one bounded pool, each series linked in the order of its last changes,
 * as a window is. A full series evicts its own bar of the lowest seq, a full pool that of the lowest seq of all, so a
 * series' floor states either. A change that evicts another series' bar is news of that series by its own seq.
 */
import { Digest } from "../../protocol/stream/digest.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { RowTexts } from "../window/row-texts.ts";
import type { SeqCounter } from "../window/seq-ring.ts";
import { SharedRing } from "../window/shared-ring.ts";
import { Slab } from "../window/slab.ts";
import { SlotLists } from "../window/slot-lists.ts";
import { BAR, BAR_BYTES, type Decimals, INTERVAL_COUNT, writeBar } from "./bar-record.ts";

/** Columns beside the record: seq, lists, owner, digest, length of the text. */
const COLUMN_BYTES = 64;
/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 512;
/** The one list of `#order` and of `#open`. */
const ALL = 0;

export interface BarStoreShape {
  /** Bars of all series. */
  capacity: number;
  /** Bars of one. */
  seriesCap: number;
  /** Slots that symbols may have. */
  symbols: number;
  decimalsOf: (symbol: number) => Decimals;
}

export class BarStore {
  readonly name = "market.bars";
  readonly cap: number;
  readonly seriesCap: number;
  readonly records: Slab;
  readonly rowBytes: number;
  readonly #counter: SeqCounter;
  /** Slots below it are or were in use; those that are free again lie in `#free`. */
  #used = 0;
  readonly #free: Int32Array;
  #freeCount = 0;

  // Of each bar
  readonly #seqs: Float64Array;
  readonly #seriesOf: Int32Array;
  /** All bars by seq, those of each series by seq, and those that are not final by when they were opened. */
  readonly #order: SlotLists;
  readonly #bySeries: SlotLists;
  readonly #open: SlotLists;
  readonly #texts: RowTexts;
  readonly #mixed: Uint8Array;
  readonly #mix1: Int32Array;
  readonly #mix2: Int32Array;

  // Of each series
  readonly #counts: Int32Array;
  readonly #floors: Float64Array;
  readonly #lastSeqs: Float64Array;
  readonly #reaches: Float64Array;
  /** The latest start of a held bar, and of one that was evicted; -1 for none. */
  readonly #latest: Float64Array;
  readonly #evictedTo: Float64Array;
  readonly #changed: SharedRing;
  readonly #evicted: SharedRing;
  readonly #removed: SharedRing;
  readonly #removedStarts: Float64Array;
  readonly #removedFrom: Int32Array;

  #evictions = 0;
  #droppedSeq = 0;

  constructor({ capacity, seriesCap, symbols, decimalsOf }: BarStoreShape, counter: SeqCounter) {
    const series = symbols * INTERVAL_COUNT;
    this.cap = capacity;
    this.seriesCap = seriesCap;
    this.records = new Slab(capacity, BAR_BYTES);
    this.rowBytes = this.records.stride + COLUMN_BYTES + JSON_BYTES;
    this.#counter = counter;
    this.#free = new Int32Array(capacity);
    this.#seqs = new Float64Array(capacity);
    this.#seriesOf = new Int32Array(capacity);
    this.#order = new SlotLists(capacity, 1);
    this.#bySeries = new SlotLists(capacity, series);
    this.#open = new SlotLists(capacity, 1);
    this.#texts = new RowTexts(capacity, JSON_BYTES, (row, slot) => {
      const symbol = Math.floor(this.seriesOf(slot) / INTERVAL_COUNT);
      writeBar(row, this.records, slot, this.seqOf(slot), decimalsOf(symbol));
    });
    this.#mixed = new Uint8Array(capacity);
    this.#mix1 = new Int32Array(capacity);
    this.#mix2 = new Int32Array(capacity);
    this.#counts = new Int32Array(series);
    this.#floors = new Float64Array(series);
    this.#lastSeqs = new Float64Array(series);
    this.#reaches = new Float64Array(series);
    this.#latest = new Float64Array(series).fill(-1);
    this.#evictedTo = new Float64Array(series).fill(-1);
    this.#changed = new SharedRing(MODEL_LIMITS.bar_changes_per_bar_count * capacity, series);
    this.#evicted = new SharedRing(capacity, series);
    this.#removed = new SharedRing(MODEL_LIMITS.tombstones_count, series);
    this.#removedStarts = new Float64Array(MODEL_LIMITS.tombstones_count);
    this.#removedFrom = new Int32Array(MODEL_LIMITS.tombstones_count);
  }

  /** Bars held, of all series. */
  get count(): number {
    return this.#used - this.#freeCount;
  }

  /** Bars evicted so far. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Seq of the last drop of a symbol: of any, for what was dropped is not remembered. */
  get droppedSeq(): number {
    return this.#droppedSeq;
  }

  // Writing

  /** The bar of a series that begins at `start`, or -1. Looks from the one that changed last back. */
  find(series: number, start: number): number {
    if (start > (this.#latest[series] as number)) return -1;
    const { data, stride } = this.records;
    for (let slot = this.newest(series); slot >= 0; slot = this.older(slot)) {
      if (data.getFloat64(slot * stride + BAR.start, true) === start) return slot;
    }
    return -1;
  }

  /** May a bar of the series that is not held begin at `start`, or was it, or one after it, evicted? */
  isGone(series: number, start: number): boolean {
    return start <= (this.#evictedTo[series] as number);
  }

  /** A new bar with no trade in it, not final. The caller fills its record. */
  open(series: number, start: number): number {
    let loser = -1;
    if (this.#counts[series] === this.seriesCap) this.#evict(this.#bySeries.head(series));
    else if (this.count === this.cap) loser = this.#evict(this.#order.head(ALL));
    const slot = this.#freeCount > 0 ? (this.#free[--this.#freeCount] as number) : this.#used++;
    this.records.clear(slot);
    this.records.setNumber(slot, BAR.start, start);
    this.records.setByte(slot, BAR.interval, series % INTERVAL_COUNT);
    this.#seriesOf[slot] = series;
    this.#order.append(ALL, slot);
    this.#bySeries.append(series, slot);
    this.#open.append(ALL, slot);
    this.#counts[series] = (this.#counts[series] as number) + 1;
    if (start > (this.#latest[series] as number)) this.#latest[series] = start;
    this.#touch(slot);
    if (loser >= 0) this.#lastSeqs[loser] = this.#counter.head;
    return slot;
  }

  /** Gives a bar whose record changes its new seq. */
  change(slot: number): void {
    this.#order.moveToTail(ALL, slot);
    this.#bySeries.moveToTail(this.seriesOf(slot), slot);
    this.#touch(slot);
  }

  /** Makes a bar final; the caller gives it its seq. */
  finish(slot: number): void {
    this.records.setByte(slot, BAR.final, 1);
    this.#open.remove(ALL, slot);
  }

  isFinal(slot: number): boolean {
    return this.records.getByte(slot, BAR.final) === 1;
  }

  /** Takes a bar out by its own doing. */
  remove(slot: number): void {
    const series = this.seriesOf(slot);
    const seq = this.#counter.next();
    const place = this.#removed.next;
    if (this.#removed.isFull) this.#moveReach(place);
    this.#removedStarts[place] = this.startOf(slot);
    this.#removedFrom[place] = series;
    this.#removed.push(series, seq);
    this.#changed.push(series, seq);
    this.#lastSeqs[series] = seq;
    this.#release(slot);
  }

  /** Lets all bars of a symbol go. `dropped` is to follow, once the seq of what dropped it is known. */
  drop(symbol: number): void {
    for (let series = symbol * INTERVAL_COUNT; series < (symbol + 1) * INTERVAL_COUNT; series++) {
      this.#latest[series] = -1;
      for (let slot = this.#bySeries.head(series); slot >= 0; slot = this.#bySeries.head(series)) {
        this.#evictions++;
        this.#release(slot);
      }
      this.#changed.clear(series);
      this.#evicted.clear(series);
      this.#removed.clear(series);
      this.#reaches[series] = 0;
      this.#evictedTo[series] = -1;
    }
  }

  /** Says by which seq a symbol was dropped: whatever a copy holds of it lies below. */
  dropped(seq: number): void {
    this.#droppedSeq = seq;
  }

  /** Begins the series of a symbol that is new at its slot: above all that was dropped. */
  begin(symbol: number): void {
    const seq = this.#droppedSeq;
    for (let series = symbol * INTERVAL_COUNT; series < (symbol + 1) * INTERVAL_COUNT; series++) {
      this.#floors[series] = seq === 0 ? 0 : seq + 1;
      this.#lastSeqs[series] = seq;
    }
  }

  /** Evicts the bars of the lowest seqs for the byte budget. The moved floors share a seq, so that cursors see them. */
  shed(rows: number): void {
    const seq = this.#counter.next();
    for (let i = 0; i < rows && this.count > 0; i++) {
      this.#lastSeqs[this.#evict(this.#order.head(ALL))] = seq;
    }
  }

  #touch(slot: number): void {
    const seq = this.#counter.next();
    const series = this.seriesOf(slot);
    this.#seqs[slot] = seq;
    this.#lastSeqs[series] = seq;
    this.#changed.push(series, seq);
    this.#texts.drop(slot);
    this.#mixed[slot] = 0;
  }

  /** Returns the series that lost its bar. */
  #evict(slot: number): number {
    const series = this.seriesOf(slot);
    const seq = this.seqOf(slot);
    this.#floors[series] = seq + 1;
    this.#evictedTo[series] = Math.max(this.#evictedTo[series] as number, this.startOf(slot));
    this.#evicted.push(series, seq);
    this.#evictions++;
    this.#release(slot);
    return series;
  }

  #release(slot: number): void {
    const series = this.seriesOf(slot);
    if (!this.isFinal(slot)) this.#open.remove(ALL, slot);
    this.#order.remove(ALL, slot);
    this.#bySeries.remove(series, slot);
    this.#counts[series] = (this.#counts[series] as number) - 1;
    this.#texts.drop(slot);
    this.#free[this.#freeCount++] = slot;
    if (this.startOf(slot) !== this.#latest[series]) return;
    const latest = this.latestOf(series);
    this.#latest[series] = latest < 0 ? -1 : this.startOf(latest);
  }

  /** A tombstone at a place goes: cursors before it are out of reach, unless the floor tells them as much. */
  #moveReach(place: number): void {
    const series = this.#removedFrom[place] as number;
    const seq = this.#removed.seqAt(place);
    if (seq >= this.floor(series)) this.#reaches[series] = seq;
  }

  // Reading

  seriesOf(slot: number): number {
    return this.#seriesOf[slot] as number;
  }

  /** Unix ms. */
  startOf(slot: number): number {
    return this.records.getNumber(slot, BAR.start);
  }

  /** The held bar of a series that begins last, -1 where it has none. */
  latestOf(series: number): number {
    let latest = -1;
    for (let slot = this.newest(series); slot >= 0; slot = this.older(slot)) {
      if (latest < 0 || this.startOf(slot) > this.startOf(latest)) latest = slot;
    }
    return latest;
  }

  /** The bar that was opened first of those that are not final, and the next one; -1 where there is none. */
  get firstOpen(): number {
    return this.#open.head(ALL);
  }

  nextOpen(slot: number): number {
    return this.#open.next(slot);
  }

  get head(): number {
    return this.#counter.head;
  }

  countOf(series: number): number {
    return this.#counts[series] as number;
  }

  floor(series: number): number {
    return this.#floors[series] as number;
  }

  lastSeq(series: number): number {
    return this.#lastSeqs[series] as number;
  }

  reach(series: number): number {
    return this.#reaches[series] as number;
  }

  /** The bar of a series that changed last, and the one that did before; -1 where there is none. */
  newest(series: number): number {
    return this.#bySeries.tail(series);
  }

  older(slot: number): number {
    return this.#bySeries.previous(slot);
  }

  newer(slot: number): number {
    return this.#bySeries.next(slot);
  }

  seqOf(slot: number): number {
    return this.#seqs[slot] as number;
  }

  textOf(slot: number): Uint8Array {
    return this.#texts.textOf(slot);
  }

  /** Mixes of (id, seq) of a series' bars, into `digest`. */
  mix(series: number, digest: Digest): void {
    for (let slot = this.newest(series); slot >= 0; slot = this.older(slot)) {
      if (this.#mixed[slot] === 0) {
        scratch.clear();
        scratch.add(String(this.startOf(slot)), this.seqOf(slot));
        this.#mix1[slot] = scratch.h1;
        this.#mix2[slot] = scratch.h2;
        this.#mixed[slot] = 1;
      }
      digest.h1 ^= this.#mix1[slot] as number;
      digest.h2 ^= this.#mix2[slot] as number;
    }
  }

  removedAfter(series: number, seq: number): { id: string; seq: number }[] {
    return this.#removed.after(series, seq).map((place) => ({
      id: String(this.#removedStarts[place]),
      seq: this.#removed.seqAt(place),
    }));
  }

  changesIn(series: number, after: number, upTo: number): number {
    return this.#changed.count(series, after, upTo);
  }

  evictedIn(series: number, after: number, upTo: number): number {
    return this.#evicted.count(series, after, upTo);
  }

  /** Bytes that are there however many bars are held. */
  get fixedBytes(): number {
    const columns = [
      this.#counts,
      this.#floors,
      this.#lastSeqs,
      this.#reaches,
      this.#latest,
      this.#evictedTo,
    ];
    const removals = this.#removedStarts.byteLength + this.#removedFrom.byteLength;
    // First and last bar of each series.
    const ends = 2 * this.#counts.byteLength;
    const rings = this.#changed.bytes + this.#evicted.bytes + this.#removed.bytes + removals + ends;
    return columns.reduce((sum, column) => sum + column.byteLength, rings);
  }
}

const scratch = new Digest();
