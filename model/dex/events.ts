/** Pool events, one row each: the channel pool.main. */
import type { PoolEventEntity } from "../../protocol/stream/entities.ts";
import { readField } from "../../protocol/tlv/fields.ts";
import { OFFSET, SIZE, TYPE } from "../../protocol/tlv/layout.ts";
import { venueName } from "../../protocol/tlv/registry.ts";
import { amountOf } from "../amount.ts";
import type { Clock } from "../clock.ts";
import type { FoldContext } from "../context.ts";
import type { Tally } from "../counters.ts";
import { hexOf, parseHex } from "../hex.ts";
import { Key } from "../key.ts";
import { SeenSet, seenCapacity } from "../seen-set.ts";
import { Window } from "../window.ts";
import { decimalsOrNull, HAS, PAIR_BYTES, POOL, readPair } from "./pool-record.ts";
import type { PoolRegistry } from "./pool-registry.ts";
import { priceOfAmounts } from "./price.ts";

/** By place on the chain (0), chain id, block hash, log index; or by number in the log (1). */
const KEY_WORDS = 12;
const HASH_WORDS = 8;
const BY_PLACE = 0;
const BY_NUMBER = 1;

/** Counted for a row's JSON text in the byte budget. */
const JSON_BYTES = 1_536;

/** Byte offsets in a row's record, after the TLV's value. */
const ROW = {
  tx_hash: 208,
  seen: 240,
  number: 248,
  chain_id: 256,
  block: 264,
  type: 272,
  reorged: 273,
  has: 274,
  /** Which token of the pool went in: 0 or 1; 2 where the pool does not know them. */
  side: 275,
  pair: 276,
} as const;
const ROW_BYTES = ROW.pair + PAIR_BYTES;
const ROW_HAS = { place: 1, chain: 2 } as const;
const SIDE_UNKNOWN = 2;

const PROVENANCE = OFFSET.Provenance;
const SWAP = OFFSET.PoolSwap;
const MINT = OFFSET.PoolMint;
const SYNC = OFFSET.PoolSync;

const KIND = {
  [TYPE.PoolSwap]: "swap",
  [TYPE.PoolMint]: "mint",
  [TYPE.PoolBurn]: "burn",
  [TYPE.PoolSync]: "sync",
} as const;

export class PoolEvents {
  readonly window: Window;
  readonly seen: SeenSet;
  readonly #clock: Clock;
  readonly #tally: Tally;
  /** Of the event that was admitted last. */
  readonly #key: Key;

  constructor(cap: number, { counter, clock, tally, hash }: FoldContext) {
    this.seen = new SeenSet(seenCapacity(cap), KEY_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
    this.#clock = clock;
    this.#tally = tally;
    this.window = new Window(
      {
        name: "pool.main",
        cap,
        keyWords: KEY_WORDS,
        recordBytes: ROW_BYTES,
        jsonBytes: JSON_BYTES,
        idOf,
        rowOf: (slot, id, seq) => this.#row(slot, id, seq),
      },
      counter,
    );
  }

  /**
   * Names the event that the next `add` is about, and says whether it is to be folded: not a duplicate, nor word of
   * its being undone, which only marks its row. `provenance` is where that companion lies, or -1.
   */
  admit(data: DataView, provenance: number, number: number): boolean {
    const key = this.#key;
    if (provenance < 0) {
      setNumber(key.words, number);
      key.seal();
      return true;
    }
    key.words[0] = BY_PLACE;
    key.take(1, data, provenance + PROVENANCE.chain_id, 2);
    key.take(3, data, provenance + PROVENANCE.block_hash, 8);
    key.take(11, data, provenance + PROVENANCE.log_index, 1);
    key.seal();
    const reorged = data.getUint8(provenance + PROVENANCE.reorged) === 0 ? 0 : 1;
    if (this.seen.isDuplicate(key, reorged)) {
      this.#tally.duplicates.pool_event++;
      return false;
    }
    if (reorged === 0) return true;
    const row = this.window.find(key);
    if (row >= 0) {
      this.window.change(row);
      this.window.records.setByte(row, ROW.reorged, 1);
    }
    return false;
  }

  /** Adds the admitted event's row, with what its pool knows of the pair now. */
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
    } else if (pools.has(pool, HAS.chain)) {
      records.takeRecord(row, ROW.chain_id, pools.records, pool, POOL.chain_id, 8);
      has = ROW_HAS.chain;
    }
    records.setByte(row, ROW.has, has);
    records.setByte(row, ROW.side, type === TYPE.PoolSwap ? sideOf(data, value, pools, pool) : 0);
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

  /** Keys sorted. */
  #row(slot: number, id: string, seq: number): PoolEventEntity {
    const { records } = this.window;
    const { bytes, data } = records;
    const at = records.at(slot);
    const type = bytes[at + ROW.type] as keyof typeof KIND;
    const has = bytes[at + ROW.has] as number;
    const pair = readPair(records, at + ROW.pair);
    const wide = (offset: number, kind: "u64" | "u128" | "u256") =>
      readField(kind, bytes, data, at + offset) as bigint;
    const address = (offset: number) => readField("addr20", bytes, data, at + offset) as string;

    const row: PoolEventEntity = {
      amount0: null,
      amount1: null,
      amount_in: null,
      amount_out: null,
      block_number: has & ROW_HAS.place ? wide(ROW.block, "u64").toString() : null,
      chain_id: has & ROW_HAS.chain ? Number(wide(ROW.chain_id, "u64")) : null,
      id,
      kind: KIND[type],
      liquidity_after: null,
      log_index: has & ROW_HAS.place ? logIndexOf(id) : null,
      pair: pair.name,
      pool: address(POOL_ADDRESS[type]),
      price: null,
      seen_unix_ms: data.getFloat64(at + ROW.seen, true),
      seq,
      sqrt_price_x96_after: null,
      status: bytes[at + ROW.reorged] === 0 ? "seen" : "reorged",
      symbol0: null,
      symbol1: null,
      symbol_in: null,
      symbol_out: null,
      tick_after: null,
      token_in: null,
      token_out: null,
      tx_hash: has & ROW_HAS.place ? (readField("bytes32", bytes, data, at + ROW.tx_hash) as string) : null,
      value_usd: null,
      venue: venueName(data.getUint16(at + VENUE[type], true)),
    };

    if (type === TYPE.PoolSwap) {
      const side = bytes[at + ROW.side] as number;
      const isIn0 = side === 0;
      const amountIn = wide(SWAP.amount_in, "u128");
      const amountOut = wide(SWAP.amount_out, "u128");
      const knownIn = side === SIDE_UNKNOWN ? null : isIn0 ? pair.decimals0 : pair.decimals1;
      const knownOut = side === SIDE_UNKNOWN ? null : isIn0 ? pair.decimals1 : pair.decimals0;
      const decimalsIn = decimalsOrNull(bytes[at + SWAP.amount_in_decimals] as number) ?? knownIn;
      const decimalsOut = decimalsOrNull(bytes[at + SWAP.amount_out_decimals] as number) ?? knownOut;
      row.amount_in = amountOf(amountIn, decimalsIn);
      row.amount_out = amountOf(amountOut, decimalsOut);
      row.token_in = address(SWAP.token_in_addr);
      row.token_out = address(SWAP.token_out_addr);
      row.block_number ??= wide(SWAP.block_number, "u64").toString();
      if (side === SIDE_UNKNOWN) row.pair = null;
      else {
        row.symbol_in = isIn0 ? pair.symbol0 : pair.symbol1;
        row.symbol_out = isIn0 ? pair.symbol1 : pair.symbol0;
        row.price = priceOfAmounts({
          amount0: isIn0 ? amountIn : amountOut,
          amount1: isIn0 ? amountOut : amountIn,
          decimals0: isIn0 ? decimalsIn : decimalsOut,
          decimals1: isIn0 ? decimalsOut : decimalsIn,
          token0Quotes: pair.token0Quotes,
        });
      }
      const sqrtPrice = wide(SWAP.sqrt_price_x96_after, "u256");
      if (sqrtPrice !== 0n) {
        // A V3 pool's price is never 0; a V2 swap has none of the three.
        row.sqrt_price_x96_after = sqrtPrice.toString();
        row.liquidity_after = wide(SWAP.liquidity_after, "u128").toString();
        row.tick_after = data.getInt32(at + SWAP.tick_after, true);
      }
    } else {
      const isSync = type === TYPE.PoolSync;
      const decimals0 = bytes[at + (isSync ? SYNC.token0_decimals : MINT.token0_decimals)] as number;
      const decimals1 = bytes[at + (isSync ? SYNC.token1_decimals : MINT.token1_decimals)] as number;
      row.amount0 = amountOf(
        wide(isSync ? SYNC.reserve0 : MINT.amount0, "u128"),
        decimalsOrNull(decimals0) ?? pair.decimals0,
      );
      row.amount1 = amountOf(
        wide(isSync ? SYNC.reserve1 : MINT.amount1, "u128"),
        decimalsOrNull(decimals1) ?? pair.decimals1,
      );
      row.symbol0 = pair.symbol0;
      row.symbol1 = pair.symbol1;
      if (isSync) row.block_number ??= wide(SYNC.block_number, "u64").toString();
    }
    return row;
  }
}

/** Where each kind of event holds its pool and its venue. */
const POOL_ADDRESS = {
  [TYPE.PoolSwap]: SWAP.pool_address,
  [TYPE.PoolMint]: MINT.pool_address,
  [TYPE.PoolBurn]: MINT.pool_address,
  [TYPE.PoolSync]: SYNC.pool_address,
} as const;
const VENUE = {
  [TYPE.PoolSwap]: SWAP.venue,
  [TYPE.PoolMint]: MINT.venue,
  [TYPE.PoolBurn]: MINT.venue,
  [TYPE.PoolSync]: SYNC.venue,
} as const;

function sideOf(data: DataView, value: number, pools: PoolRegistry, pool: number): number {
  const tokenIn = value + SWAP.token_in_addr;
  const tokenOut = value + SWAP.token_out_addr;
  if (pools.isToken0(pool, data, tokenIn)) return pools.isToken1(pool, data, tokenOut) ? 0 : SIDE_UNKNOWN;
  return pools.isToken1(pool, data, tokenIn) && pools.isToken0(pool, data, tokenOut) ? 1 : SIDE_UNKNOWN;
}

/** `CHAIN:BLOCK_HASH:LOG_INDEX`, or `log:N`. */
function idOf(keys: Uint32Array, from: number): string {
  if (keys[from] === BY_NUMBER)
    return `log:${(keys[from + 2] as number) * 2 ** 32 + (keys[from + 1] as number)}`;
  const low = keys[from + 1] as number;
  const high = keys[from + 2] as number;
  const chain = high === 0 ? String(low) : ((BigInt(high) << 32n) | BigInt(low)).toString();
  return `${chain}:${hexOf(keys, from + 3, 32)}:${keys[from + 11]}`;
}

function logIndexOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}

function setNumber(key: Uint32Array, number: number): void {
  key.fill(0);
  key[0] = BY_NUMBER;
  key[1] = number >>> 0;
  key[2] = Math.floor(number / 2 ** 32);
}

/** The reverse of `idOf`; false where `id` is of neither form. */
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
  key[11] = Number(placed[3]);
  return parseHex(placed[2] as string, 32, key, 3) && idOf(key, 0) === id;
}
