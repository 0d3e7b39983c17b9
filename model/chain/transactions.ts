/**
 * Transactions: the channel tx.main, and the archive of those whose rows were evicted.
 *
 *              higher fee, same nonce
 *   pending ------------------------------> replaced
 *    |  ^ \------- 10 minutes ------------> dropped
 *    |  |                                    | a block has it: inclusion beats all
 *    v  | undone                             v
 *   included / reverted ------------------> reorged (until seen again)
 *                        undone
 *
 * "Undone" is a Transaction with a Provenance companion whose `reorged` is set: with the status `pending` it is back in
 * the mempool, with any other it is `reorged`. It must name the block that the row is in, or none.
 */
import type { TxEntity } from "../../protocol/stream/entities.ts";
import { OFFSET, SIZE } from "../../protocol/tlv/layout.ts";
import { TX_FLAG } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import type { FeatureEngine } from "../features/engine.ts";
import { parseHex } from "../hex.ts";
import { JsonWriter } from "../json/json-writer.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { SeenSet, seenCapacity } from "../seen-set.ts";
import { Key } from "../window/key.ts";
import { KeyTable } from "../window/key-table.ts";
import type { Slab } from "../window/slab.ts";
import { SlotList } from "../window/slot-list.ts";
import { Window } from "../window/window.ts";
import { TxArchive } from "./tx-archive.ts";
import {
  isInBlock,
  type LifeStep,
  lifeOf,
  outbids,
  ROW,
  setStatus,
  statusOf,
  TX,
  TX_RECORD_BYTES,
  writeTx,
} from "./tx-record.ts";

const HASH_WORDS = 8;
/** Hash, status, block. */
const SEEN_WORDS = HASH_WORDS + 3;
/** Chain id, sender, nonce. */
const NONCE_WORDS = 9;
/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 1_024;
const AS_TOLD = 0;
const UNDONE = 1;

const AT = OFFSET.Transaction;

/** Whether a row in the first status takes a message of the second. Same status, same block is a duplicate before. */
const TAKES: Readonly<Record<keyof typeof TX, readonly (keyof typeof TX)[]>> = {
  pending: ["included", "reverted", "replaced", "dropped"],
  included: ["included", "reverted"],
  reverted: ["included", "reverted"],
  replaced: ["included", "reverted"],
  dropped: ["pending", "included", "reverted"],
  reorged: ["pending", "included", "reverted", "replaced", "dropped"],
};
const STATUSES = Object.keys(TX).length;
const TAKES_TABLE = new Uint8Array(STATUSES * STATUSES);
for (const from of Object.keys(TX) as (keyof typeof TX)[]) {
  for (const to of TAKES[from]) TAKES_TABLE[TX[from] * STATUSES + TX[to]] = 1;
}

function takes(from: number, to: number): boolean {
  return TAKES_TABLE[from * STATUSES + to] === 1;
}

export interface TransactionDetail {
  entity: object;
  life: LifeStep[];
  /** The row has left tx.main: the state is the one that it had then. */
  archived: boolean;
}

export class Transactions {
  readonly window: Window;
  readonly archive: TxArchive;
  readonly seen: SeenSet;
  readonly #engine: FeatureEngine;
  readonly #clock: Clock;
  readonly #tally: Tally;
  /** The pending rows, longest pending first. */
  readonly #pending: SlotList;
  readonly #isPending: Uint8Array;
  /** The row that stands for each (chain, sender, nonce), by that row's slot. */
  readonly #nonces: KeyTable;
  readonly #key: Key;
  readonly #seenKey: Key;
  readonly #nonceKey: Key;

  constructor(cap: number, engine: FeatureEngine, { counter, clock, tally, hash }: FoldContext) {
    this.#engine = engine;
    this.#clock = clock;
    this.#tally = tally;
    this.#key = new Key(HASH_WORDS, hash);
    this.#seenKey = new Key(SEEN_WORDS, hash);
    this.#nonceKey = new Key(NONCE_WORDS, hash);
    this.seen = new SeenSet(seenCapacity(cap), SEEN_WORDS);
    this.archive = new TxArchive(MODEL_LIMITS.archived_per_row_count * cap, hash);
    this.#pending = new SlotList(cap);
    this.#isPending = new Uint8Array(cap);
    this.#nonces = new KeyTable(cap, NONCE_WORDS);
    this.window = new Window(
      {
        name: "tx.main",
        cap,
        keyWords: HASH_WORDS,
        recordBytes: TX_RECORD_BYTES,
        jsonBytes: JSON_BYTES,
        writeId: (id, keys, from) => id.bareHexOfWords(keys, from, 4 * HASH_WORDS),
        writeRow: (row, slot, id, seq) => writeTx(row, this.window.records, slot, id, seq, engine),
        onEvict: (slot) => this.#letGo(slot),
      },
      counter,
    );
  }

  /** Folds a Transaction; true where its hash was not held before. `isUndone`: its inclusion was. */
  fold(data: DataView, value: number, source: number, isUndone: boolean, number: number): boolean {
    const status = data.getUint8(value + AT.status);
    const row = this.window.find(this.#key.take(0, data, value + AT.hash, HASH_WORDS).seal());
    if (isUndone) {
      this.#undo(row, data, value, status, number);
      return false;
    }
    if (status >= TX.reorged) {
      this.#tally.faults.unknown_status++;
      return false;
    }
    if (this.seen.isDuplicate(this.#seenKeyOf(data, value, status), AS_TOLD)) {
      this.#tally.duplicates.transaction++;
      return false;
    }
    if (row >= 0) {
      this.#update(row, data, value, status, number);
      return false;
    }
    return this.#add(data, value, status, source, number);
  }

  /** Drops what was pending for too long. */
  tick(): void {
    for (let drops = 0; drops < MODEL_LIMITS.drops_per_tick_count; drops++) {
      const slot = this.#pending.head;
      if (
        slot < 0 ||
        this.#clock.now - this.window.records.getNumber(slot, ROW.pending_since) < MODEL_LIMITS.pending_max_ms
      )
        return;
      this.window.change(slot);
      this.#become(slot, TX.dropped);
    }
  }

  /** A transaction that is held, in its window or in the archive, by its hash in 0x lower-case hex. */
  find(hash: string): TransactionDetail | null {
    const held = this.#held(hash);
    if (held === null) return null;
    const { records, slot, archived } = held;
    const seq = archived ? records.getNumber(slot, ROW.seq) : this.window.seqOf(slot);
    const id = new JsonWriter();
    id.ascii(hash);
    const row = new JsonWriter();
    writeTx(row, records, slot, id, seq, this.#engine);
    return { entity: JSON.parse(row.toString()) as TxEntity, life: lifeOf(records, slot), archived };
  }

  /** Number in the log of the last message of a held transaction; null where `hash` is none of one. */
  numberOf(hash: string): number | null {
    const held = this.#held(hash);
    return held === null ? null : held.records.getNumber(held.slot, ROW.number);
  }

  #held(hash: string): { records: Slab; slot: number; archived: boolean } | null {
    if (!parseHex(hash, 4 * HASH_WORDS, this.#key.words, 0)) return null;
    const row = this.window.find(this.#key.seal());
    if (row >= 0) return { records: this.window.records, slot: row, archived: false };
    const slot = this.archive.find(this.#key);
    return slot < 0 ? null : { records: this.archive.records, slot, archived: true };
  }

  #add(data: DataView, value: number, status: number, source: number, number: number): boolean {
    // Making room may archive another row, so what the archive holds of this one is looked for after it.
    const row = this.window.insert(this.#key);
    const { records } = this.window;
    const isNew = !this.archive.restore(this.#key, records, row);
    if (isNew) {
      records.setNumber(row, ROW.seen, this.#clock.now);
      records.setByte(row, ROW.source, source);
      records.setByte(row, ROW.steps, 0);
    }
    // Late word of one that was archived in a later state only brings it back.
    if (isNew || takes(statusOf(records, row), status)) {
      this.#take(row, data, value, number);
      this.#become(row, status);
    } else this.#track(row);
    this.#claimNonce(row);
    return isNew;
  }

  #update(row: number, data: DataView, value: number, status: number, number: number): void {
    const { records } = this.window;
    if (!takes(statusOf(records, row), status)) return;
    this.window.change(row);
    // Who says that it was replaced or dropped need not know the rest of it.
    if (status !== TX.replaced && status !== TX.dropped) this.#take(row, data, value, number);
    this.#become(row, status);
    this.#claimNonce(row);
  }

  #undo(row: number, data: DataView, value: number, status: number, number: number): void {
    if (row < 0) return;
    const { records } = this.window;
    const at = records.at(row);
    const isSameBlock =
      (data.getUint8(value + AT.flags) & TX_FLAG.block_number) === 0 ||
      (data.getUint32(value + AT.block_number, true) === records.data.getUint32(at + AT.block_number, true) &&
        data.getUint32(value + AT.block_number + 4, true) ===
          records.data.getUint32(at + AT.block_number + 4, true));
    const was = statusOf(records, row);
    if (!isInBlock(was) || !isSameBlock) {
      this.#tally.duplicates.transaction++;
      return;
    }
    // The same inclusion may come again, and then is no duplicate.
    this.seen.isDuplicate(this.#seenKeyOf(records.data, at, was), UNDONE);
    this.window.change(row);
    records.setNumber(row, ROW.number, number);
    this.#become(row, status === TX.pending ? TX.pending : TX.reorged);
  }

  /** Hash, status and block of the Transaction at `value`, as what was seen is known by. */
  #seenKeyOf(data: DataView, value: number, status: number): Key {
    this.#seenKey.take(0, data, value + AT.hash, HASH_WORDS);
    this.#seenKey.words[HASH_WORDS] = status;
    return this.#seenKey.take(HASH_WORDS + 1, data, value + AT.block_number, 2).seal();
  }

  #take(row: number, data: DataView, value: number, number: number): void {
    this.window.records.take(row, 0, data, value, SIZE.Transaction);
    this.window.records.setNumber(row, ROW.number, number);
  }

  #become(row: number, status: number): void {
    if (status === TX.pending) this.window.records.setNumber(row, ROW.pending_since, this.#clock.now);
    setStatus(this.window.records, row, status, this.#clock);
    this.#track(row);
  }

  /** Keeps the list of pending rows true to the row's status. */
  #track(row: number): void {
    const isPending = statusOf(this.window.records, row) === TX.pending ? 1 : 0;
    if (isPending === this.#isPending[row]) return;
    this.#isPending[row] = isPending;
    if (isPending === 1) this.#pending.append(row);
    else this.#pending.remove(row);
  }

  /** Settles who stands for a row's nonce, where the row is now pending or in a block. */
  #claimNonce(row: number): void {
    const { records } = this.window;
    const status = statusOf(records, row);
    if (status !== TX.pending && !isInBlock(status)) return;
    const at = records.at(row);
    this.#nonceKey.take(0, records.data, at + AT.chain_id, 2);
    this.#nonceKey.take(2, records.data, at + AT.sender, 5);
    this.#nonceKey.take(7, records.data, at + AT.nonce, 2);
    const holder = this.#nonces.find(this.#nonceKey.seal());
    if (holder === row) return;
    // Hostile input may name another nonce for the same hash: a row stands for one at most.
    this.#nonces.remove(row);
    if (holder >= 0) {
      const held = statusOf(records, holder);
      if (isInBlock(status)) {
        if (held === TX.pending) this.#replace(holder);
      } else if (isInBlock(held) || (held === TX.pending && outbids(records, holder, row))) {
        this.#become(row, TX.replaced);
        return;
      } else if (held === TX.pending) {
        if (!outbids(records, row, holder)) return;
        this.#replace(holder);
      }
      this.#nonces.remove(holder);
    }
    this.#nonces.insert(row, this.#nonceKey);
  }

  #replace(row: number): void {
    this.window.change(row);
    this.#become(row, TX.replaced);
  }

  /** The row is about to be evicted. */
  #letGo(row: number): void {
    this.#nonces.remove(row);
    if (this.#isPending[row] === 1) {
      this.#isPending[row] = 0;
      this.#pending.remove(row);
    }
    this.window.records.setNumber(row, ROW.seq, this.window.seqOf(row));
    this.archive.put(this.window.records, row);
  }

  /** Bytes beside the rows' own. */
  get bytes(): number {
    return this.#nonces.bytes + this.#pending.bytes + this.#isPending.byteLength;
  }
}
