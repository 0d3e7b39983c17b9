/**
 * A channel as the fold writes it: a fixed number of slots, each a record of bytes, linked in the order of their last
 * changes. Inserting into a full window evicts the head, which has the lowest seq, so one number, the floor, states
 * every eviction. Nothing here is an object a row until a reader asks: then a row's JSON text is made and kept until the
 * slot changes. A row must be a pure function of its record, so that when it is read can make no difference.
 */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { Digest } from "../../protocol/stream/digest.ts";
import type { BatchLimits, ChangeSet, Channel } from "../channel.ts";
import { JsonWriter, utf8Text } from "../json/json-writer.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { collectChanges, type SeqOrdered } from "./changes.ts";
import type { Key } from "./key.ts";
import { KeyedSlots } from "./keyed-slots.ts";
import { RowTexts } from "./row-texts.ts";
import { type SeqCounter, SeqRing } from "./seq-ring.ts";
import { Slab } from "./slab.ts";
import { Tombstones } from "./tombstones.ts";

/** Columns beside record and key: seq, list, digest, length of the text. */
const COLUMN_BYTES = 48;

export interface WindowShape {
  name: ChannelName;
  cap: number;
  keyWords: number;
  recordBytes: number;
  /** Bytes that a row's JSON text is counted with in the budget: by rule, whether it is written or not. */
  jsonBytes: number;
  /** A key's words as the entity's id: ASCII without quotes, of characters that JSON does not escape. */
  writeId: (id: JsonWriter, keys: Uint32Array, from: number) => void;
  /** The entity with its keys in sorted order, from the slot's record alone. */
  writeRow: (row: JsonWriter, slot: number, id: JsonWriter, seq: number) => void;
  /** Called before a slot is evicted, while its record and key still stand. */
  onEvict?: (slot: number) => void;
  tombstones?: number;
}

export class Window implements Channel, SeqOrdered {
  readonly name: ChannelName;
  readonly cap: number;
  readonly records: Slab;
  /** What one held row counts in the byte budget. */
  readonly rowBytes: number;
  readonly #shape: WindowShape;
  readonly #counter: SeqCounter;
  /** In the order of their seqs. */
  readonly #slots: KeyedSlots;
  readonly #seqs: Float64Array;
  readonly #texts: RowTexts;
  readonly #tombstones: Tombstones;
  readonly #changed: SeqRing;
  readonly #evicted: SeqRing;
  /** Slots whose mix is in the digest are a prefix of the order: a change moves its slot to the tail, unmixed. */
  readonly #mixed: Uint8Array;
  readonly #mix1: Int32Array;
  readonly #mix2: Int32Array;
  readonly #digest = new Digest();
  #floor = 0;
  #lastSeq = 0;
  #evictions = 0;

  constructor(shape: WindowShape, counter: SeqCounter) {
    const { cap, keyWords } = shape;
    this.name = shape.name;
    this.cap = cap;
    this.#shape = shape;
    this.#counter = counter;
    this.records = new Slab(cap, shape.recordBytes);
    this.rowBytes = this.records.stride + 4 * keyWords + COLUMN_BYTES + shape.jsonBytes;
    this.#slots = new KeyedSlots(cap, keyWords);
    this.#seqs = new Float64Array(cap);
    this.#texts = new RowTexts(cap, shape.jsonBytes, (row, slot) =>
      shape.writeRow(row, slot, this.#id(slot), this.seqOf(slot)),
    );
    this.#tombstones = new Tombstones(shape.tombstones ?? MODEL_LIMITS.tombstones_count, keyWords);
    const remembered = Math.max(MODEL_LIMITS.min_changes_count, MODEL_LIMITS.changes_per_row_count * cap);
    this.#changed = new SeqRing(remembered);
    this.#evicted = new SeqRing(remembered);
    this.#mixed = new Uint8Array(cap);
    this.#mix1 = new Int32Array(cap);
    this.#mix2 = new Int32Array(cap);
  }

  get count(): number {
    return this.#slots.count;
  }

  get floor(): number {
    return this.#floor;
  }

  get reach(): number {
    return this.#tombstones.reach;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Rows evicted so far. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Bytes that are there however many rows are held. */
  get fixedBytes(): number {
    return this.#tombstones.bytes + this.#changed.bytes + this.#evicted.bytes;
  }

  // Writing

  /** The key's slot, or -1. */
  find(key: Key): number {
    return this.#slots.find(key);
  }

  /**
   * A slot for a key that the window does not hold; evicts the oldest row when it is full. The record holds what was in
   * it: the caller writes all that a row is made from.
   */
  insert(key: Key): number {
    if (this.#slots.isFull) this.#evictOldest();
    const slot = this.#slots.add(key);
    this.#touch(slot);
    return slot;
  }

  /** Gives a slot whose record changes its new seq. */
  change(slot: number): void {
    this.#slots.touch(slot);
    this.#touch(slot);
  }

  /** Removes a row by its own doing, which only a tombstone can tell a client. */
  remove(slot: number): void {
    const seq = this.#counter.next();
    this.#tombstones.push(this.#slots.keys, slot * this.#shape.keyWords, seq);
    this.#changed.push(seq);
    this.#lastSeq = seq;
    this.#release(slot);
  }

  /** Evicts the oldest rows for the byte budget. The moved floor takes a seq of its own, so that cursors see it. */
  shed(rows: number): void {
    for (let i = 0; i < rows && this.count > 0; i++) this.#evictOldest();
    this.#lastSeq = this.#counter.next();
  }

  #touch(slot: number): void {
    const seq = this.#counter.next();
    this.#seqs[slot] = seq;
    this.#lastSeq = seq;
    this.#changed.push(seq);
    this.#texts.drop(slot);
    this.#unmix(slot);
  }

  #evictOldest(): void {
    const slot = this.#slots.oldest;
    this.#shape.onEvict?.(slot);
    const seq = this.#seqs[slot] as number;
    this.#floor = seq + 1;
    this.#evicted.push(seq);
    this.#evictions++;
    this.#release(slot);
  }

  #release(slot: number): void {
    this.#unmix(slot);
    this.#texts.drop(slot);
    this.#slots.remove(slot);
  }

  // Reading

  /** Slots in seq order, oldest first. */
  *slots(): Generator<number> {
    for (let slot = this.#slots.oldest; slot >= 0; slot = this.#slots.newer(slot)) yield slot;
  }

  get head(): number {
    return this.#counter.head;
  }

  get oldest(): number {
    return this.#slots.oldest;
  }

  get newest(): number {
    return this.#slots.newest;
  }

  /** The slot changed next after, -1 after the newest. */
  newer(slot: number): number {
    return this.#slots.newer(slot);
  }

  older(slot: number): number {
    return this.#slots.older(slot);
  }

  /** Slot s has its key at [s * keyWords, (s + 1) * keyWords). */
  get keys(): Uint32Array {
    return this.#slots.keys;
  }

  seqOf(slot: number): number {
    return this.#seqs[slot] as number;
  }

  idOf(slot: number): string {
    return this.#id(slot).toString();
  }

  digest(): string {
    for (
      let slot = this.#slots.newest;
      slot >= 0 && this.#mixed[slot] === 0;
      slot = this.#slots.older(slot)
    ) {
      scratch.clear();
      const id = this.#id(slot);
      scratch.addAscii(id.bytes, id.length, this.seqOf(slot));
      this.#mix1[slot] = scratch.h1;
      this.#mix2[slot] = scratch.h2;
      this.#mixed[slot] = 1;
      this.#digest.h1 ^= scratch.h1;
      this.#digest.h2 ^= scratch.h2;
    }
    return this.#digest.toString();
  }

  contentDigest(): string {
    const digest = new Digest();
    for (const slot of this.slots()) digest.add(utf8Text(this.textOf(slot)), this.seqOf(slot));
    return digest.toString();
  }

  changesSince(since: number, limits?: BatchLimits): ChangeSet | null {
    return collectChanges(this, since, limits);
  }

  textOf(slot: number): Uint8Array {
    return this.#texts.textOf(slot);
  }

  removedAfter(seq: number): { id: string; seq: number }[] {
    return this.#tombstones.after(seq, (keys, from) => this.#idAt(keys, from).toString());
  }

  changesIn(after: number, upTo: number): number {
    return this.#changed.count(after, upTo);
  }

  evictedIn(after: number, upTo: number): number {
    return this.#evicted.count(after, upTo);
  }

  #id(slot: number): JsonWriter {
    return this.#idAt(this.#slots.keys, slot * this.#shape.keyWords);
  }

  /** One for all windows: it stands until the next one is asked for. */
  #idAt(keys: Uint32Array, from: number): JsonWriter {
    this.#shape.writeId(idWriter.clear(), keys, from);
    return idWriter;
  }

  #unmix(slot: number): void {
    if (this.#mixed[slot] === 0) return;
    this.#digest.h1 ^= this.#mix1[slot] as number;
    this.#digest.h2 ^= this.#mix2[slot] as number;
    this.#mixed[slot] = 0;
  }
}

const scratch = new Digest();
const idWriter = new JsonWriter();
