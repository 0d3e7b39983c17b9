/**
 * A zero-copy cursor over one message in a buffer. One instance is reused for every message, so whoever keeps something
 * copies it. No property but `sequence` and `timestampNs` allocates.
 */
import { EXTENDED_MARKER, EXTENDED_TLV_HEADER_BYTES, HEADER, SHORT_TLV_HEADER_BYTES } from "./header.ts";
import { HEADER_BYTES } from "./registry.ts";

const TWO_32 = 2 ** 32;
const NS_PER_MS = 1_000_000;

export class MessageView {
  /** The whole buffer; the message is at [start, end). */
  bytes: Uint8Array = new Uint8Array(0);
  data: DataView = new DataView(this.bytes.buffer);
  start = 0;
  end = 0;

  /** The current TLV: its type and where its value lies. Set by `firstTlv` and `nextTlv`. */
  type = 0;
  valueStart = 0;
  valueLength = 0;

  /** Takes a whole buffer, without a copy. */
  attach(bytes: Uint8Array): this {
    this.bytes = bytes;
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this;
  }

  /** Stands on the valid message at [start, end). */
  seek(start: number, end: number): this {
    this.start = start;
    this.end = end;
    this.type = 0;
    this.valueStart = start + HEADER_BYTES;
    this.valueLength = 0;
    return this;
  }

  get domain(): number {
    return this.bytes[this.start + HEADER.domain] as number;
  }

  get source(): number {
    return this.bytes[this.start + HEADER.source] as number;
  }

  get flags(): number {
    return this.bytes[this.start + HEADER.flags] as number;
  }

  /** Exact, u64. */
  get sequence(): bigint {
    return this.data.getBigUint64(this.start + HEADER.sequence, true);
  }

  /** Exact, ns since the Unix epoch. */
  get timestampNs(): bigint {
    return this.data.getBigUint64(this.start + HEADER.timestamp_ns, true);
  }

  /** floor(timestampNs / 1e6), exact for every u64, without a BigInt. */
  get timestampMs(): number {
    return this.msAt(this.start + HEADER.timestamp_ns);
  }

  /** 0 where the sender computed none. */
  get checksum(): number {
    return this.data.getUint32(this.start + HEADER.checksum, true);
  }

  /** floor(ns / 1e6) of a u64 of nanoseconds at a buffer position; exact, without a BigInt. */
  msAt(position: number): number {
    // Long division by 1e6 in two digits of base 2^32: each partial dividend is below 2^53, so no step rounds.
    const high = this.data.getUint32(position + 4, true);
    const low = this.data.getUint32(position, true);
    const quotient = Math.floor(high / NS_PER_MS);
    const remainder = high - quotient * NS_PER_MS;
    return quotient * TWO_32 + Math.floor((remainder * TWO_32 + low) / NS_PER_MS);
  }

  /** Moves to the event; false in a message without TLVs. */
  firstTlv(): boolean {
    return this.#enter(this.start + HEADER_BYTES);
  }

  /** Moves to the next companion; false where there is none. */
  nextTlv(): boolean {
    return this.#enter(this.valueStart + this.valueLength);
  }

  #enter(position: number): boolean {
    if (position >= this.end) return false;
    const first = this.bytes[position] as number;
    if (first === EXTENDED_MARKER) {
      this.type = this.bytes[position + 2] as number;
      this.valueLength = this.data.getUint16(position + 3, true);
      this.valueStart = position + EXTENDED_TLV_HEADER_BYTES;
    } else {
      this.type = first;
      this.valueLength = this.bytes[position + 1] as number;
      this.valueStart = position + SHORT_TLV_HEADER_BYTES;
    }
    return true;
  }
}
