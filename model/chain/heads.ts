/**
 * Chains: the channel chain.main. A row comes into being by a ChainHead or a CollectorStatus, so that transactions that
 * name chains at will cannot fill the window. Rates and silence are looked at on each Tick. docs/chains.md has the rules.
 */
import { OFFSET } from "../../protocol/tlv/layout.ts";
import { COLLECTOR_STATE, HEAD_FLAG, VENUE } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { u64AsNumber, u128 } from "../read.ts";
import { Key } from "../window/key.ts";
import { Window } from "../window/window.ts";
import { CHAIN, CHAIN_BYTES, CHAIN_HAS, chainRow, NO_STATE, WEI_PER_GWEI } from "./chain-record.ts";
import { PAST, PastHeads } from "./past-heads.ts";
import { Rates } from "./rates.ts";

/** A chain is silent when no head came for so many of its expected block times. */
export const SILENT_BLOCKS = 3;

/** Expected before two heads were seen of a chain that the registry does not know, ms. */
const DEFAULT_BLOCK_MS = 12_000;
/** Blocks tell their times in whole seconds. */
const MIN_BLOCK_MS = 1_000;
/** Each head moves the expected block time by this part of the difference. */
const BLOCK_TIME_WEIGHT = 8;

const KEY_WORDS = 2;
const JSON_BYTES = 768;
/** No block has this number. */
const NONE = -2;

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
  readonly #past: PastHeads;
  /** Of each row: numbers of the highest and the lowest block that its newest reorganisation is known to have taken back. */
  readonly #undoneTop: Float64Array;
  readonly #undoneLow: Float64Array;
  readonly #usualBlockMs: ReadonlyMap<number, number>;

  constructor(cap: number, { counter, clock, tally, hash, chains }: FoldContext) {
    this.#clock = clock;
    this.#tally = tally;
    this.#key = new Key(KEY_WORDS, hash);
    this.#transactions = new Rates(cap);
    this.#swaps = new Rates(cap);
    this.#lastEvent = new Float64Array(cap);
    this.#lastHead = new Float64Array(cap);
    this.#blockMs = new Float64Array(cap);
    this.#past = new PastHeads(cap);
    this.#undoneTop = new Float64Array(cap);
    this.#undoneLow = new Float64Array(cap);
    this.#usualBlockMs = new Map(chains.map(({ chain_id, block_ms }) => [chain_id, block_ms]));
    this.window = new Window(
      {
        name: "chain.main",
        cap,
        keyWords: KEY_WORDS,
        recordBytes: CHAIN_BYTES,
        jsonBytes: JSON_BYTES,
        writeId: (id, keys, from) => id.integer(keys[from] as number, keys[from + 1] as number),
        writeRow: (row, slot, id, seq) => row.value(chainRow(this.window.records, slot, id.toString(), seq)),
      },
      counter,
    );
  }

  get bytes(): number {
    return this.#transactions.bytes + this.#swaps.bytes + this.#past.bytes + 5 * this.#lastEvent.byteLength;
  }

  /** A transaction of the chain whose id lies at `chain` was seen for the first time. */
  countTransaction(data: DataView, chain: number): void {
    this.#count(this.#transactions, data, chain);
  }

  countSwap(data: DataView, chain: number): void {
    this.#count(this.#swaps, data, chain);
  }

  /** Takes a ChainHead; false where the chain's head stays: a duplicate, or late word. */
  head(data: DataView, value: number): boolean {
    const { records } = this.window;
    const known = this.#find(data, value + HEAD.chain_id);
    const number = u64AsNumber(data, value + HEAD.block_number);
    const hasHead = known >= 0 && (records.getByte(known, CHAIN.has) & CHAIN_HAS.head) !== 0;
    const headNumber = hasHead ? u64AsNumber(records.data, records.at(known) + CHAIN.head_block) : NONE;
    if (hasHead && !this.#isNewHead(known, data, value, number, headNumber)) return false;
    if (number > headNumber && hasHead) this.#learnBlockTime(known, data, value, number - headNumber);
    if (known >= 0) this.window.change(known);
    const row = known >= 0 ? known : this.#insert();
    if (!hasHead) this.#link(row, data, value, number, NONE);

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
    return true;
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

  /**
   * What a known chain's transactions pay, where the word is of no older block than the head: the tip over the base fee,
   * and the base fee itself of a newer block, or where the head has none. Whole gwei.
   */
  gasPrice(data: DataView, value: number): void {
    const chainId = CHAIN_OF_VENUE.get(data.getUint16(value + GAS.venue, true));
    if (chainId === undefined) return;
    this.#key.words[0] = chainId;
    this.#key.words[1] = 0;
    const row = this.window.find(this.#key.seal());
    if (row < 0) return;
    const { records } = this.window;
    this.#lastEvent[row] = this.#clock.now;
    const headNumber = u64AsNumber(records.data, records.at(row) + CHAIN.head_block);
    const number = u64AsNumber(data, value + GAS.block_number);
    if (number < headNumber) return;
    this.window.change(row);
    const baseFee = data.getUint32(value + GAS.base_fee_gwei, true);
    const total = data.getUint32(value + GAS.gas_price_gwei, true);
    const tip = total > baseFee ? total - baseFee : data.getUint32(value + GAS.priority_fee_gwei, true);
    records.setNumber(row, CHAIN.tip_gwei, tip);
    let has = records.getByte(row, CHAIN.has) | CHAIN_HAS.tip;
    if (number > headNumber || (has & CHAIN_HAS.base_fee) === 0) {
      records.data.setBigUint64(records.at(row) + CHAIN.base_fee, BigInt(baseFee) * WEI_PER_GWEI, true);
      records.data.setBigUint64(records.at(row) + CHAIN.base_fee + 8, 0n, true);
      has |= CHAIN_HAS.base_fee;
    }
    records.setByte(row, CHAIN.has, has);
    this.#show(row);
  }

  /**
   * What a gas costs on the chain whose id lies at `chain`, wei: its base fee, and the tip that was told last or else
   * `usualTipWei`. null where no base fee is known.
   */
  gasCost(data: DataView, chain: number, usualTipWei: number): bigint | null {
    const { records } = this.window;
    const row = this.#find(data, chain);
    const has = row < 0 ? 0 : records.getByte(row, CHAIN.has);
    if ((has & CHAIN_HAS.base_fee) === 0) return null;
    const hasTip = (has & CHAIN_HAS.tip) !== 0;
    const tip = hasTip ? BigInt(records.getNumber(row, CHAIN.tip_gwei)) * WEI_PER_GWEI : BigInt(usualTipWei);
    return u128(records.data, records.at(row) + CHAIN.base_fee) + tip;
  }

  /** Does the collector of the chain whose id lies at `chain` fetch what is past? */
  isBackfilling(data: DataView, chain: number): boolean {
    const row = this.#find(data, chain);
    return row >= 0 && this.window.records.getByte(row, CHAIN.told_state) === COLLECTOR_STATE.backfilling;
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
    this.#undoneLow[row] = NONE;
    this.#lastEvent[row] = this.#clock.now;
    this.#lastHead[row] = this.#clock.now;
    const { words } = this.#key;
    const usual = this.#usualBlockMs.get((words[1] as number) * 2 ** 32 + (words[0] as number));
    this.#blockMs[row] = Math.max(MIN_BLOCK_MS, usual ?? DEFAULT_BLOCK_MS);
    return row;
  }

  /** Writes down what the row shows of the present. */
  #show(row: number): void {
    const { records } = this.window;
    records.setNumber(row, CHAIN.txs, this.#transactions.count(row, this.#clock.second));
    records.setNumber(row, CHAIN.swaps, this.#swaps.count(row, this.#clock.second));
    records.setNumber(row, CHAIN.last_event, this.#lastEvent[row] as number);
    records.setNumber(row, CHAIN.block_ms, Math.round(this.#blockMs[row] as number));
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
    const before = u64AsNumber(records.data, records.at(row) + CHAIN.block_unix_s);
    const sample = ((u64AsNumber(data, value + HEAD.block_timestamp) - before) * 1000) / blocks;
    if (!(sample >= 0)) return;
    const known = this.#blockMs[row] as number;
    this.#blockMs[row] = Math.max(MIN_BLOCK_MS, known + (sample - known) / BLOCK_TIME_WEIGHT);
  }

  /** Notes a head, and what it takes back; false where the chain's head stays: a duplicate, or late word. */
  #isNewHead(row: number, data: DataView, value: number, number: number, headNumber: number): boolean {
    // Of what is no longer remembered nothing can be told.
    if (number <= headNumber - MODEL_LIMITS.heads_remembered_count) return false;
    const past = this.#past.compare(row, number, data, value + HEAD.block_hash);
    if (past === PAST.told) {
      this.#tally.duplicates.chain_head++;
      return false;
    }
    // Where the way up to the head is whole, that is on the branch that was left; across a gap nothing is said of it.
    const top = past === PAST.other ? this.#past.runFrom(row, number) : NONE;
    if (past === PAST.other) {
      this.#takenBack(row, top, number);
      this.#past.forget(row, number, top);
    }
    const isDeeper = this.#link(row, data, value, number, headNumber);
    if (number > headNumber || top === headNumber) return true;
    if (isDeeper || past === PAST.other) {
      this.window.change(row);
      this.#show(row);
    }
    return false;
  }

  /** Remembers a head and its parent; true where the parent shows that a block was taken back. */
  #link(row: number, data: DataView, value: number, number: number, headNumber: number): boolean {
    this.#past.put(row, number, data, value + HEAD.block_hash, true);
    const parent = number - 1;
    if (parent < 0 || parent <= headNumber - MODEL_LIMITS.heads_remembered_count) return false;
    const past = this.#past.compare(row, parent, data, value + HEAD.parent_hash);
    if (past === PAST.same || past === PAST.told) return false;
    this.#past.put(row, parent, data, value + HEAD.parent_hash, false);
    if (past === PAST.absent) return false;
    this.#takenBack(row, parent, parent);
    return true;
  }

  /** Blocks `low` to `top` were taken back: by the newest reorganisation as well, where it did so above them, or by a new one. */
  #takenBack(row: number, top: number, low: number): void {
    const { records } = this.window;
    if (top !== (this.#undoneLow[row] as number) - 1) {
      records.setNumber(row, CHAIN.reorgs, records.getNumber(row, CHAIN.reorgs) + 1);
      this.#undoneTop[row] = top;
    }
    this.#undoneLow[row] = low;
    records.setNumber(row, CHAIN.reorg_depth, (this.#undoneTop[row] as number) - low + 1);
  }

  #count(rates: Rates, data: DataView, chain: number): void {
    const row = this.#find(data, chain);
    if (row >= 0) rates.add(row, this.#clock.second);
  }
}
