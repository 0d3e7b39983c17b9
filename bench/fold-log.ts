/** The log that the fold is measured with: a busy DEX chain and a market, played lap after lap, each lap new events. */

import {
  address,
  chainHead,
  message,
  poolInfo,
  START_MS,
  swap,
  sync,
  tick,
  tokenInfo,
  transaction,
} from "../model/testing/messages.ts";
import { LapShift, type LapSpans, measureLap } from "../protocol/recording/lap.ts";
import { Recording } from "../protocol/recording/reader.ts";
import { messageToJson } from "../protocol/tlv/json.ts";
import { POOL_KIND, VENUE } from "../protocol/tlv/registry.ts";
import { MessageView } from "../protocol/tlv/view.ts";

type Place = Parameters<typeof swap>[1];

export const LOG_NOTE =
  "40 % PoolSwap of 300 V3 pools, 10 % PoolSync and 10 % PoolSwap of 200 V2 pools (100 pairs have two of these and one of " +
  "those, apart in price now and then), " +
  "each with Provenance, 30 % Transaction of 5,000 senders (swaps, transfers, approvals; of these, one in three is told a " +
  "second time, included), 10 % Trade + TradeMeta of 200 symbols, a block with its ChainHead every 200 and a Tick every " +
  "1,000 messages; all channels derived";

const V3_POOLS = 300;
/** Pool p is of token p / 2: the two of one token are a pair. */
export const V2_POOLS = 200;
const SENDERS = 5_000;
const TOKENS = 300;
const SYMBOLS = 200;
const BLOCK_MESSAGES = 200;
/** What kind a message is goes by its number in a round of so many: 8 swaps in V3 pools, 4 events of V2 pools, 6 transactions, 2 trades. */
export const TURNS = 20;
/** Messages a lap. */
export const LAP_MESSAGES = 20_000;

/** USDC on Ethereum: what the pools' tokens are priced in. */
const USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
const WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
const SELECTORS = ["0x38ed1739", "0xa9059cbb", "0x095ea7b3"] as const;
const UNISWAP_V2_ROUTER = "0x7a250d5630b4cf539739df2c5dacb4c659f2488d";
const E18 = 10n ** 18n;

function hash(n: number, salt: bigint): string {
  const mixed = (BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n * salt) % (1n << 256n);
  return `0x${mixed.toString(16).padStart(64, "0")}`;
}

/** Which of its kind message `n` is, where `each` of twenty are of that kind. */
const nth = (n: number, each: number) => Math.floor(n / TURNS) * each + (n % TURNS);
/** The first of them is WETH, in whose price gas is valued. */
const token = (n: number) => (n % TOKENS === 0 ? WETH : address((n % TOKENS) + 1));
const v3Pool = (n: number) => address(1_000 + n);
export const v2Pool = (n: number) => address(5_000 + n);

function* announcements(): Generator<Uint8Array> {
  for (let n = 0; n < TOKENS; n++) yield tokenInfo({ address: token(n), symbol: n === 0 ? "WETH" : `T${n}` });
  yield tokenInfo({ address: USDC, symbol: "USDC", decimals: 6, stable: 1 });
  for (let n = 0; n < V3_POOLS; n++) yield poolInfo({ pool: v3Pool(n), token0: token(n), token1: USDC });
  for (let n = 0; n < V2_POOLS; n++) {
    yield poolInfo({
      pool: v2Pool(n),
      token0: token(n >> 1),
      token1: USDC,
      kind: POOL_KIND.v2,
      venue: n % 2 === 0 ? VENUE.UniswapV2 : VENUE.SushiSwap,
    });
  }
}

/** Message `n`, whose turn it is to be a swap. */
export function v3Swap(n: number, at: Place, ms: number): Uint8Array {
  const pool = nth(n, 8) % V3_POOLS;
  return swap(
    {
      token_in_addr: token(pool),
      token_out_addr: USDC,
      amount_in: E18,
      amount_out: 2_000_000n + BigInt(n),
      amount_out_decimals: 6,
      venue: VENUE.UniswapV3,
      pool_address: v3Pool(pool),
      sqrt_price_x96_after: (1n << 96n) / 707_106n + BigInt(n) * (1n << 50n),
      timestamp_ns: BigInt(ms) * 1_000_000n,
      liquidity_after: E18,
      tick_after: -269_000 + (n % 50),
    },
    at,
    { ms },
  );
}

/** Of a V2 pool that is worth as much as the others, in units of USDC. */
export const REST_RESERVE1 = 2_000_000_000_000n;
/** More of it, and the pool is dear: further apart from the other one of its pair than both their fees. */
export const APART_RESERVE1 = 40_000_000_000n;

export function v2Sync(pool: number, reserve1: bigint, at: Place, ms: number): Uint8Array {
  const tokens = { token0_addr: token(pool >> 1), token1_addr: USDC, token1_decimals: 6 };
  return sync({ pool_address: v2Pool(pool), reserve0: 1_000_000n * E18, reserve1, ...tokens }, at, { ms });
}

export function v2Swap(pool: number, at: Place, ms: number): Uint8Array {
  const sides = { token_in_addr: token(pool >> 1), token_out_addr: USDC, amount_out_decimals: 6 };
  const timestamp_ns = BigInt(ms) * 1_000_000n;
  const amounts = { amount_in: E18, amount_out: 1_990_000n };
  return swap({ pool_address: v2Pool(pool), ...sides, timestamp_ns, ...amounts }, at, { ms });
}

/** A V2 pool's Sync (`isSync`) or the swap that follows it. */
function v2Event(n: number, isSync: boolean, at: Place, ms: number): Uint8Array {
  const pool = (nth(n - 8, 4) >> 1) % V2_POOLS;
  if (!isSync) return v2Swap(pool, at, ms);
  // Within the fees of each other, but for one Sync in fifty.
  const apart = nth(n - 8, 4) % 100 === 0 ? APART_RESERVE1 : 0n;
  return v2Sync(pool, REST_RESERVE1 + BigInt((n * 37) % 8_000) * 1_000_000n + apart, at, ms);
}

/** Message `n`, whose turn it is to be a transaction: a new one, or one of those before, now included in `block`. */
export function tx(n: number, block: number, ms: number): Uint8Array {
  const isSecond = n % TURNS >= 16;
  const nonce = isSecond ? n - 4 : n;
  const inBlock = isSecond ? { status: "included" as const, block_number: BigInt(block) } : {};
  const fields = {
    hash: hash(nonce, 7n),
    sender: address(10_000 + (nonce % SENDERS)),
    to: UNISWAP_V2_ROUTER,
    method_selector: SELECTORS[nonce % SELECTORS.length] as string,
    calldata_length: 260,
    gas_limit: 210_000n,
  };
  return transaction(nonce, { ...fields, ...inBlock }, null, { ms });
}

function trade(n: number, ms: number): Uint8Array {
  const symbol = `S${String(nth(n - 18, 2) % SYMBOLS).padStart(3, "0")}`;
  return message(
    [
      {
        name: "Trade",
        asset_id: Buffer.from(symbol.padEnd(8, "\0")).readBigUInt64BE(),
        price: 10_000_000_000n + BigInt((n * 31) % 100_000_000),
        volume: BigInt(1 + (n % 300)) * 100_000_000n,
        execution_timestamp_ns: BigInt(ms) * 1_000_000n,
        venue_id: VENUE.NASDAQ,
        asset_type: 1,
        reserved: 0,
        side: n % 2,
      },
      {
        name: "TradeMeta",
        trade_id: `${n}`,
        tape: 3,
        condition_count: 0,
        conditions: `0x${"0".repeat(32)}`,
        producer_id: `0x${"0".repeat(32)}`,
      },
    ],
    { ms },
  );
}

function* lap(): Generator<Uint8Array> {
  yield tick(START_MS);
  yield* announcements();
  for (let n = 0; n < LAP_MESSAGES; n++) {
    const ms = START_MS + n;
    const block = 1 + Math.floor(n / BLOCK_MESSAGES);
    const block_hash = hash(block, 3n);
    const at = {
      block_hash,
      block_number: BigInt(block),
      tx_hash: hash(n, 5n),
      log_index: n % BLOCK_MESSAGES,
    };
    if (n % 1_000 === 0) yield tick(ms);
    const turn = n % TURNS;
    if (turn < 8) yield v3Swap(n, at, ms);
    else if (turn < 12) yield v2Event(n, turn % 2 === 0, at, ms);
    else if (turn < 18) yield tx(n, block, ms);
    else yield trade(n, ms);
    if (n % BLOCK_MESSAGES === BLOCK_MESSAGES - 1) {
      const parent_hash = hash(block - 1, 3n);
      yield chainHead(block, { block_hash, parent_hash, block_timestamp: BigInt(ms) / 1_000n }, { ms });
    }
  }
}

/** A log of laps: `next` puts the next one's messages in place of those before. */
export class LapLog {
  readonly #recording: Recording;
  readonly #spans: LapSpans;
  readonly #bytes: Uint8Array;
  #lap = 0;

  constructor() {
    const parts = [...lap()];
    this.#recording = new Recording(new Uint8Array(Buffer.concat(parts)));
    this.#spans = measureLap(this.#recording);
    this.#bytes = new Uint8Array(this.#recording.bytes);
  }

  get count(): number {
    return this.#recording.count;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Number of the lap's last block. */
  get lastBlock(): number {
    return LAP_MESSAGES / BLOCK_MESSAGES + this.#lap * Number(this.#spans.blocks);
  }

  /** Bounds of message i: [starts[i], ends[i]) of `bytes`. */
  get starts(): readonly number[] {
    return this.#recording.starts;
  }

  get ends(): readonly number[] {
    return this.#recording.ends;
  }

  next(): void {
    const shift = new LapShift(++this.#lap, this.#spans);
    this.#bytes.set(this.#recording.bytes);
    for (let i = 0; i < this.count; i++) {
      shift.apply(this.#bytes.subarray(this.starts[i], this.ends[i]));
    }
  }

  /** The lap's messages as NDJSON lines, as `mempulse decode` prints them. */
  lines(): string[] {
    const view = new MessageView().attach(this.#bytes);
    return this.starts.map((start, i) => messageToJson(view.seek(start, this.ends[i] as number)));
  }
}
