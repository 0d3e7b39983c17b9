/** Pool events, one row each: the channel pool.main. */
import { OFFSET, SIZE, TYPE } from "../../protocol/tlv/layout.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import { parseHex } from "../hex.ts";
import { JsonWriter } from "../json/json-writer.ts";
import type { Journal, Undoable } from "../reorg/journal.ts";
import { SeenSet, seenCapacity } from "../seen-set.ts";
import { Key } from "../window/key.ts";
import { Window } from "../window/window.ts";
import { EVENT_BYTES, ROW, ROW_HAS, writeEvent } from "./event-record.ts";
import { clearPair, HAS, PAIR_BYTES, POOL, SIDE_UNKNOWN } from "./pool-record.ts";
import type { PoolRegistry } from "./pool-registry.ts";

/** By place on the chain (0), chain id, block hash, log index; or by number in the log (1). */
const KEY_WORDS = 12;
const HASH_WORDS = 8;
const BY_PLACE = 0;
const BY_NUMBER = 1;
/** Where a key by place has chain id and block hash. */
const CHAIN = 1;
const BLOCK = 3;
const INDEX = 11;

/** What became of an event: folded; taken back by its own message; taken back with its block. */
const FOLDED = 0;
const TAKEN_BACK = 1;
const BLOCK_LEFT = 2;

/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 1_536;

const PROVENANCE = OFFSET.Provenance;
const SWAP = OFFSET.PoolSwap;

export class PoolEvents implements Undoable {
  readonly window: Window;
  readonly seen: SeenSet;
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #journal: Journal;
  /** Of the event that was admitted last. */
  readonly #key: Key;

  constructor(cap: number, { counter, clock, tally, hash, journal }: FoldContext) {
    this.seen = new SeenSet(seenCapacity(cap), KEY_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
    this.#clock = clock;
    this.#tally = tally;
    this.#journal = journal;
    journal.add(this);
    this.window = new Window(
      {
        name: "pool.main",
        cap,
        keyWords: KEY_WORDS,
        recordBytes: EVENT_BYTES,
        jsonBytes: JSON_BYTES,
        writeId,
        writeRow: (row, slot, id, seq) => writeEvent(row, this.window.records, slot, id, seq),
      },
      counter,
    );
  }

  /** Names the event that the next `add` is about. False: a duplicate. `provenance`: where that companion lies, or -1. */
  admit(data: DataView, provenance: number, number: number): boolean {
    if (provenance >= 0) return this.#note(data, provenance, FOLDED) !== FOLDED;
    setNumber(this.#key.words, number);
    this.#key.seal();
    return true;
  }

  /** Takes word that an event was taken back, and marks its row (its block was taken back before). False: a duplicate. */
  takeBack(data: DataView, provenance: number): boolean {
    const before = this.#note(data, provenance, TAKEN_BACK);
    if (before === TAKEN_BACK) return false;
    // Its block was not taken back with it, so what it did stands.
    if (before === FOLDED) this.#tally.faults.undo_lost++;
    const row = this.window.find(this.#key);
    if (row >= 0) this.#mark(row);
    return true;
  }

  /** Notes the event of this Provenance in a state, and returns the one it was in; where that is the same, counts it. */
  #note(data: DataView, provenance: number, state: number): number {
    const key = this.#key;
    key.words[0] = BY_PLACE;
    key.take(1, data, provenance + PROVENANCE.chain_id, 2);
    key.take(3, data, provenance + PROVENANCE.block_hash, 8);
    key.take(11, data, provenance + PROVENANCE.log_index, 1);
    const before = this.seen.exchange(key.seal(), state);
    if (before === state) this.#tally.duplicates.pool_event++;
    return before;
  }

  holds(): boolean {
    return true;
  }

  /** Marks the rows of a block that left its chain; its events, when they come again, are news. */
  undo(frame: number): void {
    const isOfBlock = (keys: Uint32Array, from: number) =>
      keys[from] === BY_PLACE && this.#journal.isBlock(frame, keys, from + CHAIN, from + BLOCK);
    const { keys } = this.window;
    const rows: number[] = [];
    for (const row of this.window.slots()) if (isOfBlock(keys, row * KEY_WORDS)) rows.push(row);
    for (const row of rows) this.#mark(row);
    this.seen.replace(FOLDED, BLOCK_LEFT, isOfBlock);
  }

  #mark(row: number): void {
    if (this.window.records.getByte(row, ROW.reorged) !== 0) return;
    this.window.change(row);
    this.window.records.setByte(row, ROW.reorged, 1);
  }

  /** Adds the admitted event's row, with what its pool knows of the pair now. `pool` -1: nothing. */
  add(
    type: number,
    data: DataView,
    value: number,
    provenance: number,
    number: number,
    pools: PoolRegistry,
    pool: number,
  ): void {
    let row = this.window.find(this.#key);
    if (row >= 0) this.window.change(row);
    else row = this.window.insert(this.#key);
    const { records } = this.window;
    records.take(row, 0, data, value, type === TYPE.PoolSync ? SIZE.PoolSync : SIZE.PoolSwap);
    records.setNumber(row, ROW.seen, this.#clock.now);
    records.setNumber(row, ROW.number, number);
    records.setByte(row, ROW.type, type);
    records.setByte(row, ROW.reorged, 0);
    let has = 0;
    if (provenance >= 0) {
      records.take(row, ROW.tx_hash, data, provenance + PROVENANCE.tx_hash, 32);
      records.take(row, ROW.chain_id, data, provenance + PROVENANCE.chain_id, 8);
      records.take(row, ROW.block, data, provenance + PROVENANCE.block_number, 8);
      has = ROW_HAS.place | ROW_HAS.chain;
    } else if (pool >= 0 && pools.has(pool, HAS.chain)) {
      records.takeRecord(row, ROW.chain_id, pools.records, pool, POOL.chain_id, 8);
      has = ROW_HAS.chain;
    }
    records.setByte(row, ROW.has, has);
    if (pool < 0) {
      records.setByte(row, ROW.side, SIDE_UNKNOWN);
      clearPair(records, records.at(row) + ROW.pair);
      return;
    }
    const tokenIn = value + SWAP.token_in_addr;
    const tokenOut = value + SWAP.token_out_addr;
    records.setByte(row, ROW.side, type === TYPE.PoolSwap ? pools.sideOf(pool, data, tokenIn, tokenOut) : 0);
    records.takeRecord(row, ROW.pair, pools.records, pool, POOL.pair, PAIR_BYTES);
  }

  /** Number in the log of the message that a held event came with; null where `id` names none. */
  numberOf(id: string): number | null {
    if (!parseId(id, this.#key.words)) return null;
    const row = this.window.find(this.#key.seal());
    return row < 0 ? null : this.window.records.getNumber(row, ROW.number);
  }

  /** Ids of the held events of a transaction, by its hash; oldest first. Looks through the window. */
  ofTransaction(txHash: string): string[] {
    const { records } = this.window;
    const hash = new Uint32Array(HASH_WORDS);
    if (!parseHex(txHash, 4 * HASH_WORDS, hash, 0)) return [];
    const ids: string[] = [];
    for (const slot of this.window.slots()) {
      const at = (records.at(slot) + ROW.tx_hash) >>> 2;
      let word = 0;
      while (word < HASH_WORDS && records.words[at + word] === hash[word]) word++;
      if (word === HASH_WORDS && records.getByte(slot, ROW.has) & ROW_HAS.place)
        ids.push(this.window.idOf(slot));
    }
    return ids;
  }
}

/** `CHAIN:BLOCK_HASH:LOG_INDEX`, or `log:N`. */
function writeId(id: JsonWriter, keys: Uint32Array, from: number): void {
  const low = keys[from + 1] as number;
  const high = keys[from + 2] as number;
  if (keys[from] === BY_NUMBER) {
    id.ascii("log:");
    id.number(high * 2 ** 32 + low);
    return;
  }
  id.integer(low, high);
  id.ascii(":");
  id.bareHexOfWords(keys, from + BLOCK, 4 * HASH_WORDS);
  id.ascii(":");
  id.number(keys[from + INDEX] as number);
}

function setNumber(key: Uint32Array, number: number): void {
  key.fill(0);
  key[0] = BY_NUMBER;
  key[1] = number >>> 0;
  key[2] = Math.floor(number / 2 ** 32);
}

/** The reverse of `writeId`; false where `id` is of neither form. */
function parseId(id: string, key: Uint32Array): boolean {
  const numbered = /^log:([0-9]{1,16})$/.exec(id);
  if (numbered) {
    setNumber(key, Number(numbered[1]));
    return true;
  }
  const placed = /^([0-9]{1,20}):(0x[0-9a-f]{64}):([0-9]{1,10})$/.exec(id);
  if (!placed) return false;
  const chain = BigInt(placed[1] as string);
  key[0] = BY_PLACE;
  key[1] = Number(chain & 0xffffffffn);
  key[2] = Number((chain >> 32n) & 0xffffffffn);
  key[INDEX] = Number(placed[3]);
  if (!parseHex(placed[2] as string, 32, key, BLOCK)) return false;
  writeId(scratch.clear(), key, 0);
  return scratch.toString() === id;
}

const scratch = new JsonWriter();
