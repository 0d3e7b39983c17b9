/**
 * Fixed-stride records in one buffer: what the fold keeps of an event without making an object of it. Fields are read
 * with the offsets of `protocol/tlv/layout.ts`, because a record holds TLV values as they came.
 */

/**
 * Copies `count` 32-bit words from any alignment. Words are little-endian, as every engine that runs this is. Four at a
 * time: these loops are a third of the fold's time, and `set` of a subarray would allocate.
 */
export function copyWords(
  from: DataView,
  fromByte: number,
  to: Uint32Array,
  toWord: number,
  count: number,
): void {
  let word = 0;
  for (; word + 4 <= count; word += 4) {
    const byte = fromByte + 4 * word;
    to[toWord + word] = from.getUint32(byte, true);
    to[toWord + word + 1] = from.getUint32(byte + 4, true);
    to[toWord + word + 2] = from.getUint32(byte + 8, true);
    to[toWord + word + 3] = from.getUint32(byte + 12, true);
  }
  for (; word < count; word++) to[toWord + word] = from.getUint32(fromByte + 4 * word, true);
}

export class Slab {
  readonly count: number;
  /** Bytes of one record, a multiple of 8. */
  readonly stride: number;
  readonly bytes: Uint8Array;
  readonly data: DataView;
  readonly words: Uint32Array;

  constructor(count: number, bytesPerRecord: number) {
    this.count = count;
    this.stride = Math.ceil(bytesPerRecord / 8) * 8;
    this.bytes = new Uint8Array(count * this.stride);
    this.data = new DataView(this.bytes.buffer);
    this.words = new Uint32Array(this.bytes.buffer);
  }

  /** First byte of a record. */
  at(slot: number): number {
    return slot * this.stride;
  }

  /** Copies `length` bytes (a multiple of 4) from a buffer to `offset` of a record. */
  take(slot: number, offset: number, from: DataView, fromByte: number, length: number): void {
    copyWords(from, fromByte, this.words, (slot * this.stride + offset) >>> 2, length >>> 2);
  }

  /** Copies a part of another slab's record, aligned to words on both sides. */
  takeRecord(
    slot: number,
    offset: number,
    from: Slab,
    fromSlot: number,
    fromOffset: number,
    length: number,
  ): void {
    this.take(slot, offset, from.data, fromSlot * from.stride + fromOffset, length);
  }

  clear(slot: number): void {
    const start = (slot * this.stride) >>> 2;
    this.words.fill(0, start, start + (this.stride >>> 2));
  }

  getNumber(slot: number, offset: number): number {
    return this.data.getFloat64(slot * this.stride + offset, true);
  }

  setNumber(slot: number, offset: number, value: number): void {
    this.data.setFloat64(slot * this.stride + offset, value, true);
  }

  getByte(slot: number, offset: number): number {
    return this.bytes[slot * this.stride + offset] as number;
  }

  setByte(slot: number, offset: number, value: number): void {
    this.bytes[slot * this.stride + offset] = value;
  }
}
