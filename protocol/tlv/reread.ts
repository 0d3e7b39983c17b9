/**
 * Checks of long spans that overlap, where each costs only what is new in it. After a damaged message the decoder reads
 * its span again, and every header that it meets there may claim a long span of its own: checked from the bytes each
 * time, a buffer full of lying sizes would cost its square.
 *
 * What is known is kept by stream offset, and bounded. Arguments are positions in a buffer whose first byte has the stream
 * offset `origin`. Of the buffer only [start, end) is read, which is at least MIN_BYTES.
 */
import { walkTlvs } from "./check.ts";
import { combineCrc32, crc32 } from "./crc32.ts";
import { HEADER, HIGHEST_MAX_PAYLOAD_BYTES } from "./header.ts";
import { HEADER_BYTES } from "./registry.ts";

const CRC_BLOCK_BYTES = 256;
const WALK_BLOCK_BYTES = 4096;
const DOMAINS_MAX = 8;
/** The prefixes start anew after this many bytes: twice the longest message, so that all bytes are read twice at most. */
const PREFIXES_MAX_BYTES = 2 * HIGHEST_MAX_PAYLOAD_BYTES;
/** More than the chains of TLVs that can run side by side through the longest message. */
const EXITS_MAX_COUNT = 1 << 18;

/** Shorter messages are cheaper to read directly. */
export const MIN_BYTES = 4096;

export class RereadIndex {
  /** #prefixes[i]: CRC of the bytes from #base to #base + i * CRC_BLOCK_BYTES. */
  #base = 0;
  #prefixes: number[] = [0];
  /** By position and relay domain of a companion TLV: where a walk from it, free of faults, leaves its block. */
  readonly #exits = new Map<number, number>();

  /** As `messageChecksum`. */
  messageChecksum(data: DataView, origin: number, start: number, end: number): number {
    const covered = (this.#prefixes.length - 1) * CRC_BLOCK_BYTES;
    const from = origin + start - this.#base;
    if (from < 0 || from > covered || from > PREFIXES_MAX_BYTES) {
      this.#base = origin + start;
      this.#prefixes = [0];
    }
    const payload = start + HEADER_BYTES;
    const base = this.#base - origin;
    const first = Math.ceil((payload - base) / CRC_BLOCK_BYTES);
    const last = Math.floor((end - base) / CRC_BLOCK_BYTES);
    while (this.#prefixes.length <= last) {
      const at = base + this.#prefixes.length * CRC_BLOCK_BYTES;
      this.#prefixes.push(crc32(data, at - CRC_BLOCK_BYTES, at, this.#prefixes.at(-1)));
    }
    // The message up to block `first` directly, then all that follows from two prefixes: with c(a) = the CRC of a,
    // c(a b) = combine(c(a), c(b)), and as CRCs add by XOR, combine(c(a) ^ c(p), c(p b)) = c(a b) for any p.
    const firstAt = base + first * CRC_BLOCK_BYTES;
    const lead = crc32(data, payload, firstAt, crc32(data, start, start + HEADER.checksum));
    const whole = crc32(data, base + last * CRC_BLOCK_BYTES, end, this.#prefixes[last]);
    return combineCrc32(lead ^ (this.#prefixes[first] as number), whole, end - firstAt);
  }

  /** As `walkTlvs` over all of the payload [start, end). */
  walkTlvs(bytes: Uint8Array, origin: number, start: number, end: number, domain: number): number {
    let position = start;
    while (position < end) {
      const block = Math.floor((origin + position) / WALK_BLOCK_BYTES);
      const blockEnd = (block + 1) * WALK_BLOCK_BYTES - origin;
      // The first TLV has rules of its own, so a walk from it says nothing about one from a companion.
      const isCompanion = position > start;
      const key = (origin + position) * DOMAINS_MAX + domain;
      let exit = isCompanion ? this.#exits.get(key) : undefined;
      if (exit === undefined || exit > origin + end) {
        const stopped = walkTlvs(bytes, start, end, domain, position, Math.min(blockEnd, end));
        if (stopped < 0 || stopped >= end) return stopped;
        exit = origin + stopped;
        if (isCompanion) this.#rememberExit(key, exit);
      }
      position = exit - origin;
    }
    return position;
  }

  #rememberExit(key: number, exit: number): void {
    if (this.#exits.size === EXITS_MAX_COUNT) this.#exits.clear();
    this.#exits.set(key, exit);
  }
}
