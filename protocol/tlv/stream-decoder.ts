/**
 * From bytes in chunks of any size to whole, valid messages, and the faults between them.
 *
 * A header is due at the stream's start, after each valid message, and at the end that a damaged message claimed, if a
 * magic stands there. What is damaged where a header is due is one fault. After it the decoder searches, from the header's
 * offset + 4, for the next valid message, silently: those bytes belong to the damage that was reported.
 *
 * The outcome depends on the bytes alone, never on how they were cut into chunks. At most one message of
 * `maxPayloadBytes` and one slice of a chunk are held.
 */
import { checkTlvs } from "./check.ts";
import { messageChecksum } from "./crc32.ts";
import type { Fault, FaultCode } from "./faults.ts";
import { DEFAULT_MAX_PAYLOAD_BYTES, HEADER, HIGHEST_MAX_PAYLOAD_BYTES } from "./header.ts";
import { DOMAIN, HEADER_BYTES, MAGIC, PROTOCOL_VERSION } from "./registry.ts";
import { MessageView } from "./view.ts";

const MAGIC_BYTES = [MAGIC & 255, (MAGIC >>> 8) & 255, (MAGIC >>> 16) & 255, MAGIC >>> 24] as const;
const APPEND_SLICE_BYTES = 64 * 1024;

interface Options {
  /** The view is reused: it holds until the callback returns. */
  onMessage(view: MessageView): void;
  onFault(fault: Fault): void;
  /** Default 1 MiB, at most 16 MiB. */
  maxPayloadBytes?: number;
}

type Verdict = { kind: "valid" } | { kind: "wait" } | { kind: "damaged"; error: FaultCode; detail: string };
const VALID: Verdict = { kind: "valid" };
const WAIT: Verdict = { kind: "wait" };

export class StreamDecoder {
  readonly #onMessage: (view: MessageView) => void;
  readonly #onFault: (fault: Fault) => void;
  readonly #maxPayloadBytes: number;
  readonly #view = new MessageView();
  /** Bytes that wait for more: [#head, #tail) of #buffer. */
  #buffer = new Uint8Array(4096);
  #head = 0;
  #tail = 0;
  /** Stream offset of the next byte to look at. */
  #offset = 0;
  /** Is a header due at #offset? */
  #due = true;
  /** Stream offset at which the damaged message said that it ends; -1 where it could not say. */
  #claimedEnd = -1;

  constructor(options: Options) {
    this.#onMessage = options.onMessage;
    this.#onFault = options.onFault;
    this.#maxPayloadBytes = options.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES;
    if (!(this.#maxPayloadBytes >= 0 && this.#maxPayloadBytes <= HIGHEST_MAX_PAYLOAD_BYTES)) {
      throw new RangeError(
        `maxPayloadBytes: ${this.#maxPayloadBytes} is not in 0..${HIGHEST_MAX_PAYLOAD_BYTES}`,
      );
    }
  }

  /** Stream offset of the message that waits for more bytes; null where none does. Equal while it is the same one. */
  get pendingOffset(): number | null {
    return this.#tail > this.#head ? this.#offset : null;
  }

  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#tail > this.#head && rest.length > 0) {
      this.#append(rest.subarray(0, APPEND_SLICE_BYTES));
      rest = rest.subarray(APPEND_SLICE_BYTES);
      this.#decodeHeld(false);
    }
    if (rest.length === 0) return;
    const consumed = this.#decode(rest, 0, rest.length, false);
    if (consumed < rest.length) this.#append(rest.subarray(consumed));
  }

  /** The stream is over: what is incomplete is damage. */
  end(): void {
    this.#decodeHeld(true);
  }

  /** A live socket's message has been incomplete for too long: it is damage, and the stream goes on. */
  expire(): void {
    if (this.#tail === this.#head) return;
    const held = this.#tail - this.#head;
    if (this.#due) {
      const bytes = this.#buffer.subarray(this.#head, this.#tail);
      this.#claimedEnd =
        held < HEADER_BYTES ? -1 : this.#offset + HEADER_BYTES + u32(bytes, HEADER.payload_size);
      this.#due = false;
      this.#onFault({ error: "truncated_message", offset: this.#offset, detail: "incomplete for too long" });
    }
    const skipped = Math.min(4, held);
    this.#head += skipped;
    this.#offset += skipped;
    this.#decodeHeld(false);
  }

  #append(bytes: Uint8Array): void {
    const held = this.#tail - this.#head;
    if (this.#tail + bytes.length > this.#buffer.length) {
      const needed = held + bytes.length;
      const target = needed * 2 > this.#buffer.length ? new Uint8Array(needed * 2) : this.#buffer;
      target.set(this.#buffer.subarray(this.#head, this.#tail));
      this.#buffer = target;
      this.#head = 0;
      this.#tail = held;
    }
    this.#buffer.set(bytes, this.#tail);
    this.#tail += bytes.length;
  }

  #decodeHeld(final: boolean): void {
    this.#head = this.#decode(this.#buffer, this.#head, this.#tail, final);
    if (this.#head === this.#tail) {
      this.#head = 0;
      this.#tail = 0;
    }
  }

  /** Works on bytes[from, to), which begins at #offset; returns where it stopped, and moves #offset along. */
  #decode(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    const view = this.#view.attach(bytes);
    const origin = this.#offset - from;
    let at = from;
    while (at < to) {
      if (!this.#due) {
        at = findMagic(bytes, at, to);
        this.#due = origin + at === this.#claimedEnd;
      }
      if (at === to) break;
      if (!startsLikeMagic(bytes, at, to)) {
        this.#onFault({ error: "invalid_magic", offset: origin + at, detail: `found ${hex(bytes, at, to)}` });
        this.#due = false;
        this.#claimedEnd = -1;
        at += 1;
        continue;
      }
      const verdict = this.#judge(bytes, view, at, to, final);
      if (verdict === WAIT) break;
      if (verdict === VALID) {
        this.#due = true;
        at = view.end;
        this.#onMessage(view);
        continue;
      }
      if (verdict.kind === "damaged" && this.#due) {
        this.#onFault({ error: verdict.error, offset: origin + at, detail: verdict.detail });
        this.#due = false;
        this.#claimedEnd =
          verdict.error === "payload_too_large"
            ? -1
            : origin + at + HEADER_BYTES + u32(bytes, at + HEADER.payload_size);
      }
      at = Math.min(at + 4, to);
    }
    this.#offset = origin + at;
    return at;
  }

  #judge(bytes: Uint8Array, view: MessageView, at: number, to: number, final: boolean): Verdict {
    if (at + HEADER_BYTES > to) return final ? cut(to - at, HEADER_BYTES) : WAIT;
    const data = view.data;
    const size = data.getUint32(at + HEADER.payload_size, true);
    if (size > this.#maxPayloadBytes) {
      return {
        kind: "damaged",
        error: "payload_too_large",
        detail: `payload_size ${size} is over ${this.#maxPayloadBytes}`,
      };
    }
    const end = at + HEADER_BYTES + size;
    if (end > to) return final ? cut(to - at, end - at) : WAIT;
    const checksum = data.getUint32(at + HEADER.checksum, true);
    if (checksum !== 0) {
      const computed = messageChecksum(bytes, at, end);
      if (computed !== checksum) {
        return {
          kind: "damaged",
          error: "checksum_mismatch",
          detail: `stored ${hex32(checksum)}, computed ${hex32(computed)}`,
        };
      }
    }
    const version = bytes[at + HEADER.version] as number;
    if (version !== PROTOCOL_VERSION)
      return { kind: "damaged", error: "unsupported_version", detail: `version ${version}` };
    const domain = bytes[at + HEADER.domain] as number;
    if (domain < DOMAIN.market_data || domain > DOMAIN.system) {
      return { kind: "damaged", error: "invalid_relay_domain", detail: `relay_domain ${domain}` };
    }
    const fault = checkTlvs(bytes, at + HEADER_BYTES, end, domain);
    if (fault !== null) return { kind: "damaged", ...fault };
    view.seek(at, end);
    return VALID;
  }
}

function cut(available: number, needed: number): Verdict {
  return { kind: "damaged", error: "truncated_message", detail: `${available} of at least ${needed} bytes` };
}

/** Do the bytes at `at`, as far as they go, spell the magic? */
function startsLikeMagic(bytes: Uint8Array, at: number, to: number): boolean {
  for (let i = 0; i < 4 && at + i < to; i++) if (bytes[at + i] !== MAGIC_BYTES[i]) return false;
  return true;
}

/** The next place in [at, to) where a magic stands or may begin; `to` where there is none. */
function findMagic(bytes: Uint8Array, at: number, to: number): number {
  let found = bytes.indexOf(MAGIC_BYTES[0], at);
  while (found >= 0 && found < to) {
    if (startsLikeMagic(bytes, found, to)) return found;
    found = bytes.indexOf(MAGIC_BYTES[0], found + 1);
  }
  return to;
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

function hex(bytes: Uint8Array, at: number, to: number): string {
  return Array.from(bytes.subarray(at, Math.min(at + 4, to)), (b) => b.toString(16).padStart(2, "0")).join(
    " ",
  );
}

function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
