/**
 * The hot path's builder: messages are written into one reused buffer, field by field, without an object or a BigInt.
 *
 *   const value = writer.begin(DOMAIN.market_data, SOURCE.polygon).tlv(TYPE.PoolSwap);
 *   writer.setNumber(value + OFFSET.PoolSwap.block_number, block);
 *   send(writer.finish());
 */

import { fixedSize } from "./check.ts";
import { messageChecksum } from "./crc32.ts";
import {
  DEFAULT_MAX_PAYLOAD_BYTES,
  EXTENDED_MARKER,
  EXTENDED_TLV_HEADER_BYTES,
  HEADER,
  SHORT_TLV_HEADER_BYTES,
  SHORT_VALUE_MAX_BYTES,
  VALUE_MAX_BYTES,
} from "./header.ts";
import { HEADER_BYTES, MAGIC, PROTOCOL_VERSION } from "./registry.ts";

const INITIAL_BYTES = 1024;
const TWO_32 = 2 ** 32;
const NS_PER_MS = 1_000_000;

export class MessageWriter {
  /** The message so far is [0, length). Both change when the buffer grows, that is only inside `tlv`. */
  bytes: Uint8Array = new Uint8Array(INITIAL_BYTES);
  data: DataView = new DataView(this.bytes.buffer);
  length = 0;

  /** Starts the next message; sequence and timestamp are 0 until set. */
  begin(domain: number, source: number, flags = 0): this {
    this.length = HEADER_BYTES;
    this.#zero(0, HEADER_BYTES);
    this.data.setUint32(HEADER.magic, MAGIC, true);
    this.bytes[HEADER.domain] = domain;
    this.bytes[HEADER.version] = PROTOCOL_VERSION;
    this.bytes[HEADER.source] = source;
    this.bytes[HEADER.flags] = flags;
    return this;
  }

  /** A safe integer, or a bigint up to 2^64 - 1. */
  sequence(sequence: number | bigint): this {
    return this.#setU64(HEADER.sequence, sequence);
  }

  /** Nanoseconds since the Unix epoch. */
  timestampNs(ns: number | bigint): this {
    return this.#setU64(HEADER.timestamp_ns, ns);
  }

  /** The header's time from whole milliseconds since the Unix epoch. */
  timestampMs(ms: number): this {
    this.setNsFromMs(HEADER.timestamp_ns, ms);
    return this;
  }

  /**
   * Appends a TLV and returns where its zeroed value begins in `bytes`. The size follows from the type; a type without
   * a layout needs it given. Throws RangeError when the size is unknown or the message would be too large.
   */
  tlv(type: number, size: number | undefined = fixedSize(type)): number {
    if (size === undefined || size > VALUE_MAX_BYTES) {
      throw new RangeError(`type ${type}: size ${size} is not in 0..${VALUE_MAX_BYTES}`);
    }
    const headerBytes = size > SHORT_VALUE_MAX_BYTES ? EXTENDED_TLV_HEADER_BYTES : SHORT_TLV_HEADER_BYTES;
    const start = this.length;
    const value = start + headerBytes;
    const end = value + size;
    if (end > this.bytes.length) this.#grow(end);
    if (headerBytes === SHORT_TLV_HEADER_BYTES) {
      this.bytes[start] = type;
      this.bytes[start + 1] = size;
    } else {
      this.bytes[start] = EXTENDED_MARKER;
      this.bytes[start + 1] = 0;
      this.bytes[start + 2] = type;
      this.data.setUint16(start + 3, size, true);
    }
    this.#zero(value, end);
    this.length = end;
    return value;
  }

  /** Copies `length` bytes of `source` to `position`; for a field's few bytes faster than a subarray and `set`. */
  setBytes(position: number, source: DataView, from: number, length: number): void {
    const { data } = this;
    let done = 0;
    for (; done <= length - 4; done += 4) data.setInt32(position + done, source.getInt32(from + done));
    for (; done < length; done++) data.setUint8(position + done, source.getUint8(from + done));
  }

  /** A safe non-negative integer as a u64 at `position`. */
  setNumber(position: number, value: number): void {
    this.data.setUint32(position, value >>> 0, true);
    this.data.setUint32(position + 4, Math.floor(value / TWO_32), true);
  }

  /** Whole milliseconds as a u64 of nanoseconds at `position`, exact. */
  setNsFromMs(position: number, ms: number): void {
    // ms * 1e6 passes 2^53, so the product is made from two halves of ms, each exact.
    const high = Math.floor(ms / TWO_32);
    const low = (ms - high * TWO_32) * NS_PER_MS;
    this.data.setUint32(position, low >>> 0, true);
    this.data.setUint32(position + 4, high * NS_PER_MS + Math.floor(low / TWO_32), true);
  }

  /** Ends the message. The bytes are the writer's own: they hold until the next `begin`. */
  finish(checksum: "ok" | "absent" = "ok"): Uint8Array {
    this.data.setUint32(HEADER.payload_size, this.length - HEADER_BYTES, true);
    if (checksum === "ok") {
      this.data.setUint32(HEADER.checksum, messageChecksum(this.data, 0, this.length), true);
    }
    return this.bytes.subarray(0, this.length);
  }

  #setU64(position: number, value: number | bigint): this {
    if (typeof value === "bigint") this.data.setBigUint64(position, value, true);
    else this.setNumber(position, value);
    return this;
  }

  /** For a value's few bytes faster than a call of `fill`. */
  #zero(start: number, end: number): void {
    const { data } = this;
    let at = start;
    for (; at <= end - 8; at += 8) data.setFloat64(at, 0);
    for (; at < end; at++) data.setUint8(at, 0);
  }

  #grow(needed: number): void {
    const most = HEADER_BYTES + DEFAULT_MAX_PAYLOAD_BYTES;
    if (needed > most) {
      throw new RangeError(
        `a payload of ${needed - HEADER_BYTES} bytes is over ${DEFAULT_MAX_PAYLOAD_BYTES}`,
      );
    }
    const larger = new Uint8Array(Math.min(2 * needed, most));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.data = new DataView(larger.buffer);
  }
}
