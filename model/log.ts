/**
 * The log in process: the newest messages' bytes in a ring, numbered from 1 in the order in which they were folded.
 * Bounded by bytes and by count; the oldest go.
 */
import type { MessageView } from "../protocol/tlv/view.ts";
import { copyWords } from "./window/slab.ts";

/** The index has an entry for so many bytes of the ring; smaller messages only mean that it holds fewer bytes. */
const BYTES_PER_ENTRY = 128;

export class Log {
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  /** Where message n lies: entry n % length. */
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  #latest = 0;
  /** Number of the oldest message held; above `#latest` when none is. */
  #oldest = 1;
  #end = 0;

  /** `capacityBytes` is a multiple of 4. */
  constructor(capacityBytes: number) {
    this.#words = new Uint32Array(capacityBytes / 4);
    this.#bytes = new Uint8Array(this.#words.buffer);
    const entries = Math.max(1, Math.floor(capacityBytes / BYTES_PER_ENTRY));
    this.#offsets = new Uint32Array(entries);
    this.#lengths = new Uint32Array(entries);
  }

  /** Number of the newest message. */
  get latest(): number {
    return this.#latest;
  }

  get oldest(): number {
    return this.#oldest;
  }

  /** Copies the view's message and returns its number. One that is larger than the ring is numbered but not held. */
  append(view: MessageView): number {
    const number = ++this.#latest;
    const length = view.end - view.start;
    const padded = (length + 3) & ~3;
    if (padded > this.#bytes.length) {
      this.#oldest = number + 1;
      this.#end = 0;
      return number;
    }
    // A message never wraps: the ring's last bytes stay unused where it does not fit before the end.
    const offset = this.#end + padded > this.#bytes.length ? 0 : this.#end;
    this.#makeRoom(number, offset, padded);
    const entry = number % this.#offsets.length;
    this.#offsets[entry] = offset;
    this.#lengths[entry] = length;
    this.#end = offset + padded;

    const whole = length >>> 2;
    copyWords(view.data, view.start, this.#words, offset >>> 2, whole);
    for (let byte = whole << 2; byte < length; byte++) {
      this.#bytes[offset + byte] = view.bytes[view.start + byte] as number;
    }
    return number;
  }

  /** A copy of message `number`; null when it is no longer held or never was. */
  read(number: number): Uint8Array | null {
    if (!(number >= this.#oldest && number <= this.#latest)) return null;
    const entry = number % this.#offsets.length;
    const offset = this.#offsets[entry] as number;
    return this.#bytes.slice(offset, offset + (this.#lengths[entry] as number));
  }

  get bytes(): number {
    return this.#bytes.length + this.#offsets.byteLength + this.#lengths.byteLength;
  }

  /** Forgets the oldest messages that lie in the way of [offset, offset + size), or whose index entry is needed. */
  #makeRoom(number: number, offset: number, size: number): void {
    const entries = this.#offsets.length;
    while (this.#oldest < number) {
      const start = this.#offsets[this.#oldest % entries] as number;
      // Oldest first around the ring: those from the write position on, and after a wrap all behind the old end.
      const isSkipped = offset < this.#end && start >= this.#end;
      const isInTheWay = start >= offset && start < offset + size;
      if (number - this.#oldest < entries && !isSkipped && !isInTheWay) return;
      this.#oldest++;
    }
  }
}
