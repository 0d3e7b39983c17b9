/**
 * From bytes in chunks of any size to whole, valid messages, and the faults between them.
 *
 * A header is due at the stream's start, after each valid message, and at the end that a damaged message claimed, if a
 * magic stands there. What is damaged where a header is due is one fault. After it the decoder searches, from the header's
 * offset + 4, for the next valid message, silently: those bytes belong to the damage that was reported.
 *
 * The outcome depends on the bytes alone, never on how they were cut into chunks, and the work grows with the bytes,
 * whatever they are. At most one message of `maxPayloadBytes` and one slice of a chunk are held.
 */
import { explainTlv, walkTlvs } from "./check.ts";
import { messageChecksum } from "./crc32.ts";
import { FAULT_CODES, type Fault, type FaultCode } from "./faults.ts";
import { toHex } from "./fields.ts";
import { DEFAULT_MAX_PAYLOAD_BYTES, HEADER, HIGHEST_MAX_PAYLOAD_BYTES } from "./header.ts";
import { DOMAIN, HEADER_BYTES, MAGIC, PROTOCOL_VERSION } from "./registry.ts";
import { MIN_BYTES, RereadIndex } from "./reread.ts";
import { verifyRun } from "./run-check.ts";
import { MessageView } from "./view.ts";

const MAGIC_BYTES = [MAGIC & 255, (MAGIC >>> 8) & 255, (MAGIC >>> 16) & 255, MAGIC >>> 24] as const;
const APPEND_SLICE_BYTES = 64 * 1024;

export interface StreamDecoderOptions {
  /**
   * The view is reused: it holds until the callback returns. `offset` is the message's in the stream, which `view.start` is
   * not. What the callback throws passes through `push`, after which the decoder is of no more use.
   */
  onMessage(view: MessageView, offset: number): void;
  onFault(fault: Fault): void;
  /** Default 1 MiB, at most 16 MiB. */
  maxPayloadBytes?: number;
  /**
   * Default `verify`. `trust` is for who passes messages on unread: the checksum of a message that stands where a header is
   * due, with a magic right behind it in its chunk, is not looked at. So damage within values may pass, and no message is
   * lost by it.
   */
  checksums?: "verify" | "trust";
}

type Verdict = "valid" | "wait" | FaultCode;

export class StreamDecoder {
  readonly #onMessage: (view: MessageView, offset: number) => void;
  readonly #onFault: (fault: Fault) => void;
  readonly #maxPayloadBytes: number;
  readonly #trusts: boolean;

  /** Bytes that wait for more: [#head, #tail) of #buffer. */
  #buffer = new Uint8Array(4096);
  #head = 0;
  #tail = 0;
  /** How many of them the first message takes, where its header says so: until then it is not looked at again. */
  #needed = 0;

  /** What is being decoded: a chunk, or the held bytes. #view.bytes[0] has the stream offset #origin. */
  readonly #view = new MessageView();
  #origin = 0;
  /** Stream offset of the next byte to look at. */
  #offset = 0;
  /** Is a header due at #offset? */
  #due = true;
  /** Stream offset at which the last damaged message said that it ends; -1 where it could not say. */
  #claimedEnd = -1;
  /** Bytes before this stream offset lie in the span of a message that failed a check. */
  #rereadEnd = 0;
  #reread: RereadIndex | null = null;
  /** Checksums are known to hold before #verifiedEnd; the next run of them is tried from #runEnd on. */
  #verifiedEnd = 0;
  #runEnd = 0;
  /** Of the last verdict of damage. */
  #detail = "";

  constructor(options: StreamDecoderOptions) {
    this.#onMessage = options.onMessage;
    this.#onFault = options.onFault;
    this.#maxPayloadBytes = options.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES;
    this.#trusts = options.checksums === "trust";
    if (!(this.#maxPayloadBytes >= 0 && this.#maxPayloadBytes <= HIGHEST_MAX_PAYLOAD_BYTES)) {
      throw new RangeError(
        `maxPayloadBytes: ${this.#maxPayloadBytes} is not in 0..${HIGHEST_MAX_PAYLOAD_BYTES}`,
      );
    }
  }

  /** Stream offset of the message that waits for more bytes, null where none does; the same while it is the same one. */
  get pendingOffset(): number | null {
    return this.#tail > this.#head ? this.#offset : null;
  }

  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (this.#tail > this.#head && rest.length > 0) {
      this.#hold(rest.subarray(0, APPEND_SLICE_BYTES));
      rest = rest.subarray(APPEND_SLICE_BYTES);
      this.#decodeHeld(false);
    }
    if (rest.length > 0) this.#hold(rest.subarray(this.#decode(rest, 0, false)));
  }

  /** The stream is over: what is incomplete is damage. */
  end(): void {
    this.#decodeHeld(true);
  }

  /** A live socket's message has been incomplete for too long: it is damage, and the stream goes on. */
  expire(): void {
    const held = this.#tail - this.#head;
    if (held === 0) return;
    this.#attach(this.#buffer.subarray(0, this.#tail), this.#head);
    if (this.#due) this.#report("truncated_message", this.#head, `${held} bytes, and no more in time`);
    const skipped = Math.min(4, held);
    this.#needed = 0;
    this.#head += skipped;
    this.#offset += skipped;
    this.#decodeHeld(false);
  }

  #hold(bytes: Uint8Array): void {
    const held = this.#tail - this.#head;
    if (this.#tail + bytes.length > this.#buffer.length) {
      const needed = held + bytes.length;
      const target = 2 * needed > this.#buffer.length ? new Uint8Array(2 * needed) : this.#buffer;
      target.set(this.#buffer.subarray(this.#head, this.#tail));
      this.#buffer = target;
      this.#head = 0;
      this.#tail = held;
    }
    this.#buffer.set(bytes, this.#tail);
    this.#tail += bytes.length;
  }

  #decodeHeld(final: boolean): void {
    if (this.#tail - this.#head < this.#needed && !final) return;
    this.#head = this.#decode(this.#buffer.subarray(0, this.#tail), this.#head, final);
    if (this.#head === this.#tail) {
      this.#head = 0;
      this.#tail = 0;
    }
  }

  #attach(bytes: Uint8Array, from: number): void {
    this.#view.attach(bytes);
    this.#origin = this.#offset - from;
  }

  /** Decodes bytes from `from`, which is at #offset; returns where it stopped, and moves #offset there. */
  #decode(bytes: Uint8Array, from: number, final: boolean): number {
    this.#attach(bytes, from);
    this.#needed = 0;
    let at = from;
    while (at < bytes.length) {
      if (!this.#due) {
        at = findMagic(bytes, at);
        if (at === bytes.length) break;
        // Only a whole magic makes a header due: a piece of one may turn out to be none.
        this.#due = this.#origin + at === this.#claimedEnd && at + MAGIC_BYTES.length <= bytes.length;
      }
      const mismatch = magicMismatch(bytes, at);
      if (mismatch >= 0) {
        this.#report("invalid_magic", at, `found ${toHex(bytes, at, mismatch + 1)}`);
        at += 1;
        continue;
      }
      if (this.#due && !this.#trusts && this.#origin + at >= this.#runEnd) this.#verifyRun(at);
      const verdict = this.#due || this.#isPlausible(at) ? this.#judge(at, final) : "invalid_magic";
      if (verdict === "wait") break;
      if (verdict === "valid") {
        const offset = this.#origin + at;
        this.#due = true;
        at = this.#view.end;
        this.#onMessage(this.#view, offset);
        continue;
      }
      if (this.#due || this.#isAuthentic(verdict, at)) this.#reportDamage(verdict, at);
      at = Math.min(at + 4, bytes.length);
    }
    this.#offset = this.#origin + at;
    return at;
  }

  #verifyRun(at: number): void {
    const end = verifyRun(this.#view.bytes, this.#view.data, at);
    this.#runEnd = this.#origin + (end < 0 ? ~end : end);
    this.#verifiedEnd = end < 0 ? 0 : this.#runEnd;
  }

  /** Checks the message at `at`, where a magic begins, in the order of FAULT_CODES; sets the view on a valid one. */
  #judge(at: number, final: boolean): Verdict {
    const { bytes, data } = this.#view;
    const available = bytes.length - at;
    if (available < HEADER_BYTES) return final ? this.#cut(available, HEADER_BYTES) : "wait";
    const size = data.getUint32(at + HEADER.payload_size, true);
    if (size > this.#maxPayloadBytes) {
      return this.#damage("payload_too_large", `payload_size ${size} is over ${this.#maxPayloadBytes}`);
    }
    if (available < HEADER_BYTES + size) {
      this.#needed = HEADER_BYTES + size;
      return final ? this.#cut(available, this.#needed) : "wait";
    }
    const end = at + HEADER_BYTES + size;
    const verdict = this.#judgeWhole(at, end);
    if (verdict !== "valid") this.#rereadEnd = Math.max(this.#rereadEnd, this.#origin + end);
    return verdict;
  }

  #judgeWhole(at: number, end: number): Verdict {
    const { bytes, data } = this.#view;
    const index = this.#indexFor(at, end);
    const stored = data.getUint32(at + HEADER.checksum, true);
    const isTrusted =
      this.#trusts && this.#due && end + MAGIC_BYTES.length <= bytes.length && magicMismatch(bytes, end) < 0;
    if (stored !== 0 && !isTrusted && this.#origin + end > this.#verifiedEnd) {
      const computed =
        index === null ? messageChecksum(data, at, end) : index.messageChecksum(data, this.#origin, at, end);
      if (stored !== computed) {
        return this.#damage(
          "checksum_mismatch",
          `stored ${stored.toString(16)}, computed ${computed.toString(16)}`,
        );
      }
    }
    const version = bytes[at + HEADER.version] as number;
    if (version !== PROTOCOL_VERSION) return this.#damage("unsupported_version", `version ${version}`);
    const domain = bytes[at + HEADER.domain] as number;
    if (!isDomain(domain)) return this.#damage("invalid_relay_domain", `relay_domain ${domain}`);
    const payload = at + HEADER_BYTES;
    const stopped =
      index === null
        ? walkTlvs(bytes, payload, end, domain)
        : index.walkTlvs(bytes, this.#origin, payload, end, domain);
    if (stopped < 0) {
      const { error, detail } = explainTlv(bytes, payload, end, domain, ~stopped);
      return this.#damage(error, detail);
    }
    this.#view.seek(at, end);
    return "valid";
  }

  /** The index for spans that were read before, where the message at [at, end) needs it. */
  #indexFor(at: number, end: number): RereadIndex | null {
    if (this.#origin + at >= this.#rereadEnd) this.#reread = null;
    else if (end - at >= MIN_BYTES) this.#reread ??= new RereadIndex();
    return end - at >= MIN_BYTES ? this.#reread : null;
  }

  /** A header found by searching must look like one before it may ask for the bytes of its claimed size. */
  #isPlausible(at: number): boolean {
    const { bytes } = this.#view;
    if (at + HEADER_BYTES > bytes.length) return true;
    return bytes[at + HEADER.version] === PROTOCOL_VERSION && isDomain(bytes[at + HEADER.domain] as number);
  }

  /** Does a checksum hold over this damaged message, so that it is one and not part of the damage before it? */
  #isAuthentic(verdict: FaultCode, at: number): boolean {
    return (
      FAULT_CODES.indexOf(verdict) > FAULT_CODES.indexOf("checksum_mismatch") &&
      this.#view.data.getUint32(at + HEADER.checksum, true) !== 0
    );
  }

  #cut(available: number, needed: number): FaultCode {
    return this.#damage("truncated_message", `${available} of at least ${needed} bytes`);
  }

  /** Keeps the detail until the verdict is reported, if it is. */
  #damage(error: FaultCode, detail: string): FaultCode {
    this.#detail = detail;
    return error;
  }

  #reportDamage(verdict: FaultCode, at: number): void {
    const detail = this.#detail;
    if (verdict === "truncated_message" && this.#sizeLies(at)) {
      this.#report("checksum_mismatch", at, `${detail}, but whole messages among them: payload_size lies`);
    } else {
      this.#report(verdict, at, detail);
    }
  }

  /**
   * At the stream's end, was the message at `at` cut, or does its size lie? It lies where most of the span that it claims
   * is there and holds whole messages: the stream went on after it, so its checksum cannot be of those bytes.
   */
  #sizeLies(at: number): boolean {
    const { bytes, data } = this.#view;
    const available = bytes.length - at;
    if (available < HEADER_BYTES || data.getUint32(at + HEADER.checksum, true) === 0) return false;
    if (HEADER_BYTES + data.getUint32(at + HEADER.payload_size, true) > 2 * available) return false;
    let inside = findMagic(bytes, at + 4);
    while (inside < bytes.length) {
      if (this.#isPlausible(inside) && this.#judge(inside, true) === "valid") return true;
      inside = findMagic(bytes, inside + 4);
    }
    return false;
  }

  /** One fault; what follows it belongs to it until a header is due again. */
  #report(error: FaultCode, at: number, detail: string): void {
    const { bytes, data } = this.#view;
    const offset = this.#origin + at;
    this.#due = false;
    this.#verifiedEnd = 0;
    this.#claimedEnd = -1;
    if (error !== "invalid_magic" && at + HEADER_BYTES <= bytes.length) {
      this.#claimedEnd = offset + HEADER_BYTES + data.getUint32(at + HEADER.payload_size, true);
    }
    this.#onFault({ error, offset, detail });
  }
}

function isDomain(domain: number): boolean {
  return domain >= DOMAIN.market_data && domain <= DOMAIN.system;
}

/** The first of the bytes at `at` that does not spell the magic; -1 where all do, as far as they go. */
function magicMismatch(bytes: Uint8Array, at: number): number {
  const end = Math.min(at + MAGIC_BYTES.length, bytes.length);
  for (let i = at; i < end; i++) if (bytes[i] !== MAGIC_BYTES[i - at]) return i;
  return -1;
}

/** The next place from `at` on where a magic stands or, at the end, may begin; bytes.length where there is none. */
function findMagic(bytes: Uint8Array, at: number): number {
  let found = bytes.indexOf(MAGIC_BYTES[0], at);
  while (found >= 0 && magicMismatch(bytes, found) >= 0) found = bytes.indexOf(MAGIC_BYTES[0], found + 1);
  return found < 0 ? bytes.length : found;
}
