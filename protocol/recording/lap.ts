/**
 * A looped replay: lap n of a recording is new events, so that windows fill and evict. Lap 0 is the recording itself; for
 * lap n, in place on a copy of each message,
 *
 * - hashes and trace ids XOR n, so no event is taken for one that was already seen;
 * - times, blocks, header sequences, nonces and signal ids move on by n times the recording's own span of them, so they
 *   go on where the lap before ended. Nonces must, or a lap's pending transactions would replace those of the lap before:
 *   the same sender, the same nonce, another hash. Sequences and signal ids wrap at 2^64;
 * - trade ids get the suffix `#n`, cut to the field;
 * - what is 0 because it is absent (block, hash, time) stays 0; addresses, amounts and LogPosition stay as they are;
 * - the checksum is computed anew, or stays absent.
 */
import { messageChecksum } from "../tlv/crc32.ts";
import { HEADER } from "../tlv/header.ts";
import { LAYOUT_BY_TYPE, OFFSET, TYPE } from "../tlv/layout.ts";
import { MessageView } from "../tlv/view.ts";
import type { Recording } from "./reader.ts";
import { RecordingSummary, type TimeRange } from "./summary.ts";

type Role = "hash" | "time_ns" | "time_ms" | "time_s" | "block" | "nonce" | "signal" | "trade_id";

/** Roles by field name, which means the same in every layout. A name that is not here is left as it is. */
const ROLE_OF: Readonly<Record<string, Role>> = {
  hash: "hash",
  tx_hash: "hash",
  block_hash: "hash",
  parent_hash: "hash",
  trace_id: "hash",
  timestamp_ns: "time_ns",
  execution_timestamp_ns: "time_ns",
  quote_timestamp_ns: "time_ns",
  start_timestamp_ns: "time_ns",
  current_timestamp_ns: "time_ns",
  unix_ms: "time_ms",
  block_timestamp: "time_s",
  valid_until: "time_s",
  block_number: "block",
  last_block: "block",
  nonce: "nonce",
  signal_id: "signal",
  trade_id: "trade_id",
};

interface ShiftedField {
  readonly role: Role;
  readonly offset: number;
  readonly size: number;
}

/** By type: the fields that a lap changes. */
const SHIFTED_FIELDS: readonly (readonly ShiftedField[])[] = Array.from({ length: 256 }, (_, type) =>
  (LAYOUT_BY_TYPE[type]?.fields ?? []).flatMap(({ name, offset, size }) => {
    const role = ROLE_OF[name];
    return role === undefined ? [] : [{ role, offset, size }];
  }),
);

/** How far a recording goes in each of what a lap moves on: from the first to one past the last. */
export interface LapSpans {
  /** Whole seconds, so that times in s, ms and ns stay in step. */
  readonly seconds: bigint;
  readonly blocks: bigint;
  readonly sequences: bigint;
  readonly nonces: bigint;
  readonly signals: bigint;
}

/** Of several groups (chains, sources), the longest range from the first to one past the last value. */
class Span {
  readonly #ranges = new Map<bigint | number, { first: bigint; last: bigint }>();

  add(group: bigint | number, value: bigint): void {
    const range = this.#ranges.get(group);
    if (range === undefined) this.#ranges.set(group, { first: value, last: value });
    else if (value < range.first) range.first = value;
    else if (value > range.last) range.last = value;
  }

  get length(): bigint {
    let longest = 0n;
    for (const { first, last } of this.#ranges.values()) {
      if (last - first + 1n > longest) longest = last - first + 1n;
    }
    return longest;
  }
}

/** As far as the fold lets a message be ahead of its clock. */
const AHEAD_MAX_SECONDS = 5;

/** Measures a recording, once, for all its laps. */
export function measureLap(recording: Recording): LapSpans {
  const summary = new RecordingSummary();
  const sequences = new Span();
  const numbers = { block: new Span(), nonce: new Span(), signal: new Span() };
  let lastBlockSecond = 0;
  for (let index = 0; index < recording.count; index++) {
    const view = recording.message(index);
    summary.add(view);
    sequences.add(view.source, view.sequence);
    const chain = chainOf(view);
    for (let more = view.firstTlv(); more; more = view.nextTlv()) {
      for (const { role, offset } of SHIFTED_FIELDS[view.type] ?? []) {
        if (role !== "block" && role !== "nonce" && role !== "signal") continue;
        const value = view.data.getBigUint64(view.valueStart + offset, true);
        if (role !== "block" || value !== 0n) numbers[role].add(role === "block" ? chain : 0, value);
      }
      if (view.type === TYPE.ChainHead) {
        const second = view.data.getBigUint64(view.valueStart + OFFSET.ChainHead.block_timestamp, true);
        lastBlockSecond = Math.max(lastBlockSecond, Number(second));
      }
    }
  }
  return {
    seconds: BigInt(secondsOf(summary.times, lastBlockSecond)),
    // One number is left out between laps: a lap's first block does not have the last one before it as its parent, which
    // right after it would say that the chain was reorganised.
    blocks: numbers.block.length + 1n,
    sequences: sequences.length,
    nonces: numbers.nonce.length,
    signals: numbers.signal.length,
  };
}

/**
 * Of the recording's clock, and to its last block's time, which may be a little ahead of it. A first block from long before, as
 * a quiet chain has, would only make a pause between laps.
 */
function secondsOf(times: TimeRange | null, lastBlockSecond: number): number {
  if (times === null) return 0;
  const first = Math.floor(times.from_unix_ms / 1000);
  const last = Math.floor(times.to_unix_ms / 1000);
  return Math.min(Math.max(last, lastBlockSecond), last + AHEAD_MAX_SECONDS) - first + 1;
}

/** The chain that a message names in its event or a companion; 0 where none does. */
function chainOf(view: MessageView): bigint {
  for (let more = view.firstTlv(); more; more = view.nextTlv()) {
    const field = CHAIN_FIELD[view.type];
    if (field?.size === 8) return view.data.getBigUint64(view.valueStart + field.offset, true);
  }
  return 0n;
}

const CHAIN_FIELD = Array.from({ length: 256 }, (_, type) =>
  LAYOUT_BY_TYPE[type]?.fields.find(({ name }) => name === "chain_id"),
);

/** A u64 to add, in halves. */
interface Delta {
  readonly low: number;
  readonly high: number;
}

function toDelta(value: bigint): Delta {
  return { low: Number(value & 0xffffffffn), high: Number((value >> 32n) & 0xffffffffn) };
}

/** Turns messages of a recording into those of one of its laps. */
export class LapShift {
  readonly #lap: number;
  readonly #view = new MessageView();
  readonly #deltas: Readonly<Record<Exclude<Role, "hash" | "trade_id">, Delta>>;
  readonly #sequenceDelta: Delta;
  readonly #tradeSuffix: Uint8Array;

  /** `lap` 0..2^32 - 1 */
  constructor(lap: number, spans: LapSpans) {
    const times = BigInt(lap);
    this.#lap = lap;
    this.#deltas = {
      time_ns: toDelta(times * spans.seconds * 1_000_000_000n),
      time_ms: toDelta(times * spans.seconds * 1000n),
      time_s: toDelta(times * spans.seconds),
      block: toDelta(times * spans.blocks),
      nonce: toDelta(times * spans.nonces),
      signal: toDelta(times * spans.signals),
    };
    this.#sequenceDelta = toDelta(times * spans.sequences);
    this.#tradeSuffix = Uint8Array.from(`#${lap}`, (character) => character.charCodeAt(0));
  }

  /** Changes one whole valid message in place. */
  apply(message: Uint8Array): void {
    if (this.#lap === 0) return;
    const view = this.#view.attach(message).seek(0, message.length);
    addU64(view.data, HEADER.sequence, this.#sequenceDelta);
    if (!isZero(message, HEADER.timestamp_ns, 8))
      addU64(view.data, HEADER.timestamp_ns, this.#deltas.time_ns);
    for (let more = view.firstTlv(); more; more = view.nextTlv()) {
      for (const field of SHIFTED_FIELDS[view.type] as readonly ShiftedField[]) {
        this.#shift(message, view.data, view.valueStart + field.offset, field);
      }
    }
    if (view.checksum !== 0) {
      view.data.setUint32(HEADER.checksum, messageChecksum(view.data, 0, message.length), true);
    }
  }

  #shift(bytes: Uint8Array, data: DataView, position: number, { role, size }: ShiftedField): void {
    if (role !== "nonce" && role !== "signal" && isZero(bytes, position, size)) return;
    if (role === "hash") {
      const lowest = position + size - 4;
      data.setUint32(lowest, data.getUint32(lowest) ^ this.#lap);
    } else if (role === "trade_id") {
      appendText(bytes, position, size, this.#tradeSuffix);
    } else if (size === 8) {
      addU64(data, position, this.#deltas[role]);
    } else {
      data.setUint32(position, data.getUint32(position, true) + this.#deltas[role].low, true);
    }
  }
}

function addU64(data: DataView, position: number, delta: Delta): void {
  const low = data.getUint32(position, true) + delta.low;
  const carry = low > 0xffffffff ? 1 : 0;
  data.setUint32(position, low, true);
  data.setUint32(position + 4, data.getUint32(position + 4, true) + delta.high + carry, true);
}

function isZero(bytes: Uint8Array, position: number, size: number): boolean {
  for (let at = position; at < position + size; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** Appends to zero-padded text, over its end where the field is full. */
function appendText(bytes: Uint8Array, position: number, size: number, suffix: Uint8Array): void {
  let length = size;
  while (length > 0 && bytes[position + length - 1] === 0) length--;
  bytes.set(suffix, position + Math.min(length, size - suffix.length));
}
