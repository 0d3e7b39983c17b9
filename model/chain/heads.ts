/**
 * Chains: the channel chain.main. A row comes into being by a ChainHead or a CollectorStatus, so that transactions that
 * name chains at will cannot fill the window. Rates and silence are looked at on each Tick.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { COLLECTOR_STATE, HEAD_FLAG, VENUE } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { Key } from "../window/key.ts";
import { Slab } from "../window/slab.ts";
import { Window } from "../window/window.ts";
import { CHAIN, CHAIN_BYTES, CHAIN_HAS, chainRow, NO_STATE } from "./chain-record.ts";
import { Rates } from "./rates.ts";

/** A chain is silent when no head came for so many of its expected block times. */
export const SILENT_BLOCKS = 3;

/** Expected before two heads were seen, ms. */
const DEFAULT_BLOCK_MS = 12_000;
const MIN_BLOCK_MS = 1_000;
/** Each head moves the expected block time by this part of the difference. */
const BLOCK_TIME_WEIGHT = 8;

const KEY_WORDS = 2;
const JSON_BYTES = 640;
/** Number (u64) and hash. */
const PAST_HEAD_BYTES = 40;

const HEAD = OFFSET.ChainHead;
const STATUS = OFFSET.CollectorStatus;
const GAS = OFFSET.GasPrice;

/** GasPrice names a chain by its venue. */
const CHAIN_OF_VENUE = new Map<number, number>([
  [VENUE.Ethereum, 1],
  [VENUE.Optimism, 10],
  [VENUE.Polygon, 137],
  [VENUE.Arbitrum, 42_161],
]);

export class Chains {
  readonly window: Window;
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #key: Key;
  readonly #transactions: Rates;
  readonly #swaps: Rates;
  /** Of each row: the last message of the chain, the last head and what is expected between heads; fold time, ms. */
  readonly #lastEvent: Float64Array;
  readonly #lastHead: Float64Array;
  readonly #blockMs: Float64Array;
  readonly #past: Slab;

  constructor(cap: number, { counter, clock, tally, hash }: FoldContext) {
    this.#clock = clock;
    this.#tally = tally;
    this.#key = new Key(KEY_WORDS, hash);
    this.#transactions = new Rates(cap);
    this.#swaps = new Rates(cap);
    this.#lastEvent = new Float64Array(cap);
    this.#lastHead = new Float64Array(cap);
    this.#blockMs = new Float64Array(cap);
    this.#past = new Slab(cap, MODEL_LIMITS.heads_remembered_count * PAST_HEAD_BYTES);
    this.window = new Window(
      {
        name: "chain.main",
        cap,
        keyWords: KEY_WORDS,
        recordBytes: CHAIN_BYTES,
        jsonBytes: JSON_BYTES,
        idOf: (keys, from) =>
          ((BigInt(keys[from + 1] as number) << 32n) | BigInt(keys[from] as number)).toString(),
        rowOf: (slot, id, seq) => chainRow(this.window.records, slot, id, seq),
      },
      counter,
    );
  }

  get bytes(): number {
    return (
      this.#transactions.bytes + this.#swaps.bytes + this.#past.bytes.length + 3 * this.#lastEvent.byteLength
    );
  }

  /** A transaction of the chain whose id lies at `chain` was seen for the first time. */
  countTransaction(data: DataView, chain: number): void {
    this.#count(this.#transactions, data, chain);
  }

  countSwap(data: DataView, chain: number): void {
    this.#count(this.#swaps, data, chain);
  }

  head(data: DataView, value: number): void {
    const { records } = this.window;
    const known = this.#find(data, value + HEAD.chain_id);
    const number = u64(data, value + HEAD.block_number);
    const past = (number % MODEL_LIMITS.heads_remembered_count) * PAST_HEAD_BYTES;
    if (known >= 0 && (records.getByte(known, CHAIN.has) & CHAIN_HAS.head) !== 0) {
      const headAt = records.at(known);
      const headNumber = u64(records.data, headAt + CHAIN.head_block);
      const pastAt = this.#past.at(known) + past;
      const isRemembered = u64(this.#past.data, pastAt) === number && !isZero(this.#past, pastAt + 8);
      if (isRemembered && isEqual(this.#past, pastAt + 8, data, value + HEAD.block_hash)) {
        this.#tally.duplicates.chain_head++;
        return;
      }
      // Below what is remembered nothing can be told: late word, as from a backfill.
      if (number <= headNumber && !isRemembered) return;
      const followsAnother =
        number === headNumber + 1 &&
        !isEqual(records, headAt + CHAIN.head_hash, data, value + HEAD.parent_hash);
      if (isRemembered || followsAnother) {
        records.setNumber(known, CHAIN.reorgs, records.getNumber(known, CHAIN.reorgs) + 1);
        this.#forgetFrom(known, number);
      }
      if (number > headNumber) this.#learnBlockTime(known, data, value, number - headNumber);
      this.window.change(known);
    } else if (known >= 0) this.window.change(known);
    const row = known >= 0 ? known : this.#insert();

    this.#past.take(row, past, data, value + HEAD.block_number, 8);
    this.#past.take(row, past + 8, data, value + HEAD.block_hash, 32);
    records.take(row, CHAIN.head_block, data, value + HEAD.block_number, 8);
    records.take(row, CHAIN.block_unix_s, data, value + HEAD.block_timestamp, 8);
    records.take(row, CHAIN.head_hash, data, value + HEAD.block_hash, 32);
    records.take(row, CHAIN.gas_used, data, value + HEAD.gas_used, 16);
    const hasBaseFee = (data.getUint8(value + HEAD.flags) & HEAD_FLAG.base_fee) !== 0;
    if (hasBaseFee) records.take(row, CHAIN.base_fee, data, value + HEAD.base_fee, 16);
    const others = records.getByte(row, CHAIN.has) & ~CHAIN_HAS.base_fee;
    records.setByte(row, CHAIN.has, others | CHAIN_HAS.head | (hasBaseFee ? CHAIN_HAS.base_fee : 0));
    this.#lastHead[row] = this.#clock.now;
    this.#show(row);
  }

  collector(data: DataView, value: number): void {
    const state = data.getUint8(value + STATUS.state);
    if (state > COLLECTOR_STATE.stopped) {
      this.#tally.faults.unknown_status++;
      return;
    }
    const { records } = this.window;
    let row = this.#find(data, value + STATUS.chain_id);
    if (row >= 0) this.window.change(row);
    else row = this.#insert();
    records.take(row, CHAIN.collector_id, data, value + STATUS.collector_id, 32);
    records.setByte(row, CHAIN.told_state, state);
    records.setByte(row, CHAIN.has, records.getByte(row, CHAIN.has) | CHAIN_HAS.collector);
    this.#show(row);
  }

  /** The base fee of a chain that is known, where it is of no older block than the head. Whole gwei. */
  gasPrice(data: DataView, value: number): void {
    const chainId = CHAIN_OF_VENUE.get(data.getUint16(value + GAS.venue, true));
    if (chainId === undefined) return;
    this.#key.words[0] = chainId;
    this.#key.words[1] = 0;
    const row = this.window.find(this.#key.seal());
    if (row < 0) return;
    const { records } = this.window;
    this.#lastEvent[row] = this.#clock.now;
    const headNumber = u64(records.data, records.at(row) + CHAIN.head_block);
    const isNewer = u64(data, value + GAS.block_number) > headNumber;
    if (!isNewer && records.getByte(row, CHAIN.has) & CHAIN_HAS.base_fee) return;
    this.window.change(row);
    const wei = BigInt(data.getUint32(value + GAS.base_fee_gwei, true)) * 1_000_000_000n;
    records.data.setBigUint64(records.at(row) + CHAIN.base_fee, wei, true);
    records.data.setBigUint64(records.at(row) + CHAIN.base_fee + 8, 0n, true);
    records.setByte(row, CHAIN.has, records.getByte(row, CHAIN.has) | CHAIN_HAS.base_fee);
    this.#show(row);
  }

  /** Brings the rows up to the time: those whose rates or silence are others than shown change. */
  tick(): void {
    const { records } = this.window;
    // A change moves a row to the end of the order, so the last one to look at is known beforehand.
    let rows = this.window.count;
    for (let row = this.window.oldest; rows > 0; rows--) {
      const newer = this.window.newer(row);
      if (
        records.getNumber(row, CHAIN.txs) !== this.#transactions.count(row, this.#clock.second) ||
        records.getNumber(row, CHAIN.swaps) !== this.#swaps.count(row, this.#clock.second) ||
        records.getByte(row, CHAIN.state) !== this.#stateAt(row)
      ) {
        this.window.change(row);
        this.#show(row);
      }
      row = newer;
    }
  }

  /** The row of the chain whose id lies at `chain`, or -1. */
  #find(data: DataView, chain: number): number {
    const row = this.window.find(this.#key.take(0, data, chain, KEY_WORDS).seal());
    if (row >= 0) this.#lastEvent[row] = this.#clock.now;
    return row;
  }

  /** A row for the chain that `#find` looked for last, and did not find. */
  #insert(): number {
    const row = this.window.insert(this.#key);
    this.window.records.clear(row);
    this.window.records.setByte(row, CHAIN.told_state, NO_STATE);
    this.#transactions.reset(row, this.#clock.second);
    this.#swaps.reset(row, this.#clock.second);
    this.#past.clear(row);
    this.#lastEvent[row] = this.#clock.now;
    this.#lastHead[row] = this.#clock.now;
    this.#blockMs[row] = DEFAULT_BLOCK_MS;
    return row;
  }

  /** Writes down what the row shows of the present. */
  #show(row: number): void {
    const { records } = this.window;
    records.setNumber(row, CHAIN.txs, this.#transactions.count(row, this.#clock.second));
    records.setNumber(row, CHAIN.swaps, this.#swaps.count(row, this.#clock.second));
    records.setNumber(row, CHAIN.last_event, this.#lastEvent[row] as number);
    records.setByte(row, CHAIN.state, this.#stateAt(row));
  }

  /** What the collector said, or `silent` where it should be sending heads and none came. */
  #stateAt(row: number): number {
    const told = this.window.records.getByte(row, CHAIN.told_state);
    if (told !== COLLECTOR_STATE.connected && told !== NO_STATE) return told;
    const silentAfter = SILENT_BLOCKS * (this.#blockMs[row] as number);
    return this.#clock.now - (this.#lastHead[row] as number) > silentAfter ? COLLECTOR_STATE.silent : told;
  }

  #learnBlockTime(row: number, data: DataView, value: number, blocks: number): void {
    const { records } = this.window;
    const before = u64(records.data, records.at(row) + CHAIN.block_unix_s);
    const sample = ((u64(data, value + HEAD.block_timestamp) - before) * 1000) / blocks;
    if (!(sample >= 0)) return;
    const known = this.#blockMs[row] as number;
    this.#blockMs[row] = Math.max(MIN_BLOCK_MS, known + (sample - known) / BLOCK_TIME_WEIGHT);
  }

  /** The heads from `number` on are of a branch that was left. */
  #forgetFrom(row: number, number: number): void {
    for (let i = 0; i < MODEL_LIMITS.heads_remembered_count; i++) {
      const at = this.#past.at(row) + i * PAST_HEAD_BYTES;
      if (u64(this.#past.data, at) >= number) this.#past.bytes.fill(0, at, at + PAST_HEAD_BYTES);
    }
  }

  #count(rates: Rates, data: DataView, chain: number): void {
    const row = this.#find(data, chain);
    if (row >= 0) rates.add(row, this.#clock.second);
  }
}

/** A u64 as a number: exact up to 2^53, and no chain's numbers are above. */
function u64(data: DataView, at: number): number {
  return data.getUint32(at + 4, true) * 2 ** 32 + data.getUint32(at, true);
}

function isEqual(slab: Slab, at: number, data: DataView, from: number): boolean {
  for (let i = 0; i < 32; i += 4) {
    if (slab.data.getUint32(at + i, true) !== data.getUint32(from + i, true)) return false;
  }
  return true;
}

function isZero(slab: Slab, at: number): boolean {
  for (let i = 0; i < 32; i += 4) if (slab.data.getUint32(at + i, true) !== 0) return false;
  return true;
}
