/** The log that the fold is measured with: a busy DEX chain, played lap after lap, each lap new events. */

import {
  address,
  chainHead,
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
import { MessageView } from "../protocol/tlv/view.ts";

export const LOG_NOTE =
  "55 % PoolSwap + Provenance over 300 V3 pools, 10 % PoolSync + Provenance, 35 % Transaction of 5,000 senders (of " +
  "these, two in five are told a second time, included), a ChainHead every 200 and a Tick every 1,000 messages";

const POOLS = 300;
const SENDERS = 5_000;
const TOKENS = 100;
/** Messages a lap. */
export const LAP_MESSAGES = 20_000;

function hash(n: number, salt: bigint): string {
  const mixed = (BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n * salt) % (1n << 256n);
  return `0x${mixed.toString(16).padStart(64, "0")}`;
}

function* lap(): Generator<Uint8Array> {
  for (let token = 0; token < TOKENS; token++)
    yield tokenInfo({ address: address(token + 1), symbol: `T${token}` });
  for (let pool = 0; pool < POOLS; pool++) {
    const [token0, token1] = [address((pool % (TOKENS - 1)) + 1), address(TOKENS)];
    yield poolInfo({ pool: address(1_000 + pool), token0, token1 });
  }
  for (let n = 0; n < LAP_MESSAGES; n++) {
    const ms = START_MS + n;
    const pool = (n * 7) % POOLS;
    const at = { block_hash: hash(n >> 7, 3n), tx_hash: hash(n, 5n), log_index: n & 127 };
    const tokens = { token_in_addr: address((pool % (TOKENS - 1)) + 1), token_out_addr: address(TOKENS) };
    if (n % 1_000 === 0) yield tick(ms);
    if (n % 200 === 0) yield chainHead(n / 200);
    if (n % 20 < 11) {
      const price = (1n << 96n) + BigInt(n) * (1n << 70n);
      const after = { sqrt_price_x96_after: price, liquidity_after: 10n ** 18n, tick_after: n };
      yield swap({ ...tokens, ...after, pool_address: address(1_000 + pool) }, at, { ms });
    } else if (n % 20 < 13) yield sync({ pool_address: address(5_000 + pool) }, at, { ms });
    else {
      const isSecond = n % 20 >= 18;
      const nonce = isSecond ? n - 5 : n;
      const fields = { hash: hash(nonce, 7n), sender: address(10_000 + (nonce % SENDERS)) };
      const block = isSecond ? { status: "included" as const, block_number: BigInt(n >> 7) } : {};
      yield transaction(nonce, { ...fields, ...block }, null, { ms });
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
