/** A recording in memory, laid out for replay: its whole messages one after the other, and what pacing needs of each. */
import type { Fault } from "../../protocol/tlv/faults.ts";
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import { StreamDecoder } from "../../protocol/tlv/stream-decoder.ts";
import type { MessageView } from "../../protocol/tlv/view.ts";

export interface Tape {
  /** Message i is at [ends[i - 1] ?? 0, ends[i]). */
  readonly bytes: Uint8Array;
  readonly ends: Float64Array;
  /** Header times, Unix ms, never falling: a message that is dated back comes with the one before it. */
  readonly timesMs: Float64Array;
  /** Transactions first seen in messages 0..i, by hash. */
  readonly transactions: Float64Array;
}

const HASH_BYTES = 32;
const FIRST_CAPACITY_BYTES = 1_048_576;

/** Takes chunks of any size; damage goes to `onFault` and costs only the messages that it hit. */
export class TapeBuilder {
  readonly #decoder: StreamDecoder;
  readonly #ends: number[] = [];
  readonly #timesMs: number[] = [];
  readonly #transactions: number[] = [];
  readonly #seen = new Set<string>();
  #bytes = new Uint8Array(FIRST_CAPACITY_BYTES);
  #length = 0;

  constructor(onFault: (fault: Fault) => void) {
    this.#decoder = new StreamDecoder({ onMessage: (view) => this.#add(view), onFault });
  }

  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }

  finish(): Tape {
    this.#decoder.end();
    return {
      bytes: this.#bytes.slice(0, this.#length),
      ends: Float64Array.from(this.#ends),
      timesMs: Float64Array.from(this.#timesMs),
      transactions: Float64Array.from(this.#transactions),
    };
  }

  #add(view: MessageView): void {
    const size = view.end - view.start;
    if (this.#length + size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(view.bytes.subarray(view.start, view.end), this.#length);
    this.#length += size;
    this.#ends.push(this.#length);
    this.#timesMs.push(Math.max(view.timestampMs, this.#timesMs.at(-1) ?? 0));
    if (view.firstTlv() && view.type === TYPE.Transaction) {
      const hash = view.valueStart + OFFSET.Transaction.hash;
      this.#seen.add(Buffer.from(view.bytes.subarray(hash, hash + HASH_BYTES)).toString("latin1"));
    }
    this.#transactions.push(this.#seen.size);
  }
}
