/**
 * JSON text of rows at slots: bytes, written when a reader asks and kept until the row changes. Each slot has room for
 * what the byte budget counts for a row's text; the few that are longer lie beside it.
 */
import { JsonWriter } from "../json/json-writer.ts";

/** Of every channel: a row is written and kept before the next one is. */
const json = new JsonWriter();

export class RowTexts {
  readonly #room: number;
  readonly #bytes: Uint8Array;
  /** 0: not written since the row changed. */
  readonly #lengths: Int32Array;
  readonly #longer = new Map<number, Uint8Array>();
  readonly #write: (json: JsonWriter, slot: number) => void;

  /** `room`: bytes of a slot. `write` writes the row of a slot whole. */
  constructor(slots: number, room: number, write: (json: JsonWriter, slot: number) => void) {
    this.#room = room;
    this.#bytes = new Uint8Array(slots * room);
    this.#lengths = new Int32Array(slots);
    this.#write = write;
  }

  /** The row changed, or is gone. */
  drop(slot: number): void {
    const length = this.#lengths[slot] as number;
    if (length > this.#room) this.#longer.delete(slot);
    this.#lengths[slot] = 0;
  }

  /** A view of a row's text. */
  textOf(slot: number): Uint8Array {
    const length = this.#lengthOf(slot);
    const longer = length > this.#room ? this.#longer.get(slot) : undefined;
    const from = slot * this.#room;
    return longer ?? this.#bytes.subarray(from, from + length);
  }

  /** Bytes of a row's text, which is there from then on. */
  #lengthOf(slot: number): number {
    const held = this.#lengths[slot] as number;
    if (held > 0) return held;
    this.#write(json.clear(), slot);
    const text = json.written;
    const { length } = text;
    if (length <= this.#room) this.#bytes.set(text, slot * this.#room);
    else this.#longer.set(slot, text.slice());
    this.#lengths[slot] = length;
    return length;
  }
}
