/**
 * The undo journal: for each chain a stack of frames, one a block, so that what a block did to the state can be taken
 * back when the chain leaves it.
 *
 * The model enters a frame before it folds an event of a block; a part of the fold that wants to be able to go back
 * keeps, before it changes one of its records for the first time in the frame, what the record was (`BeforeImages`).
 * When a block is taken back, the frames from the top of its chain's stack down to the block's are popped, newest first,
 * and each part restores what it kept. Nothing here reads what the parts keep.
 *
 * Which frame a block's event counts to (`enter`):
 *
 * | the block                                            | frame                                             |
 * | ---------------------------------------------------- | ------------------------------------------------- |
 * | is the top one, by hash                              | the top one                                       |
 * | is farther down: late word                           | the top one                                       |
 * | unknown, above the top one                           | a new one, on top                                 |
 * | unknown, of a height that the stack holds: the chain | a new one, after the frames of that height and    |
 * | turned, and nobody sent what was taken back          | above were undone                                 |
 * | unknown, of a height in between: late word           | the top one                                       |
 * | unknown, below all, told by an event: the chain      | a new one; the others are forgotten, not undone   |
 * | began anew, or turned too far down                   |                                                   |
 * | unknown, below all, told by a head: late word        | the top one                                       |
 */
import type { Tally } from "../counters.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { u64AsNumber } from "../read.ts";
import { Key, type KeyHash } from "../window/key.ts";
import { KeyedSlots } from "../window/keyed-slots.ts";
import { Slab } from "../window/slab.ts";

/** A part of the fold that can take back what it did in a block. */
export interface Undoable {
  /** Does it still hold all that it needs to take the frame back? */
  holds(frame: number): boolean;
  /** Takes back what it did in the frame. Frames of a chain come newest first; the next one only after all parts. */
  undo(frame: number): void;
}

const BLOCKS = MODEL_LIMITS.undo_blocks_count;
/** Frames there are, of all chains: a frame is a number below it. */
export const FRAMES = MODEL_LIMITS.undo_chains_count * BLOCKS;

/** Chain id. */
const KEY_WORDS = 2;
/** A frame's record. */
const HASH_WORDS = 8;
const NUMBER = 32;
const FRAME_BYTES = 40;

export class Journal {
  /** Frame that changes count to now; -1: none, nothing is kept. */
  frame = -1;
  /** Number of that frame's opening, which no other opening has; 0: none. */
  serial = 0;
  readonly #parts: Undoable[] = [];
  readonly #chains: KeyedSlots;
  readonly #key: Key;
  readonly #tally: Tally;
  /** Of each chain: its stack's lowest frame (as a place in the chain's ring), and how many frames it has. */
  readonly #bottom = new Int32Array(MODEL_LIMITS.undo_chains_count);
  readonly #size = new Int32Array(MODEL_LIMITS.undo_chains_count);
  readonly #frames = new Slab(FRAMES, FRAME_BYTES);
  readonly #serials = new Float64Array(FRAMES);
  #lastSerial = 0;

  constructor(hash: KeyHash, tally: Tally) {
    this.#chains = new KeyedSlots(MODEL_LIMITS.undo_chains_count, KEY_WORDS);
    this.#key = new Key(KEY_WORDS, hash);
    this.#tally = tally;
  }

  /** Parts undo a frame in the order in which they were added. */
  add(part: Undoable): void {
    this.#parts.push(part);
  }

  get bytes(): number {
    return this.#chains.bytes + this.#frames.bytes.length + this.#serials.byteLength;
  }

  /** Number of the frame's opening: what a part kept under another one is of an older block at the same place. */
  serialOf(frame: number): number {
    return this.#serials[frame] as number;
  }

  /** Blocks that can be taken back of the chain whose id lies at `chain`. */
  depth(data: DataView, chain: number): number {
    const slot = this.#find(data, chain);
    return slot < 0 ? 0 : (this.#size[slot] as number);
  }

  /**
   * Changes from now on count to the block whose chain id, number and hash lie at these bytes (see the table above):
   * of a ChainHead, or of an event that is none told before. May undo blocks, where the chain turned silently.
   */
  enter(data: DataView, chain: number, number: number, hash: number, isHead = false): void {
    // One block's events come together, so this is nearly always all.
    if (this.frame >= 0 && this.#isBlock(this.frame, data, hash) && this.#isOfChain(this.frame, data, chain))
      return;
    let slot = this.#find(data, chain);
    if (slot >= 0) this.#chains.touch(slot);
    else slot = this.#addChain();

    const size = this.#size[slot] as number;
    if (size === 0) return this.#push(slot, data, number, hash);
    if (this.#positionOf(slot, data, hash) >= 0) return this.#enterTop(slot);
    const height = u64AsNumber(data, number);
    if (height > this.#height(slot, size - 1)) return this.#push(slot, data, number, hash);
    if (height < this.#height(slot, 0)) {
      if (isHead) return this.#enterTop(slot);
      this.#size[slot] = 0;
    } else {
      let position = size - 1;
      while (this.#height(slot, position) > height) position--;
      if (this.#height(slot, position) < height) return this.#enterTop(slot);
      // What cannot be undone stands, under a new branch.
      if (!this.#undo(slot, position)) this.#size[slot] = position;
    }
    this.#push(slot, data, number, hash);
  }

  /** Changes from now on count to the newest block of the chain whose id lies at `chain`; to none where it has none. */
  enterNewest(data: DataView, chain: number): void {
    if (this.frame >= 0 && this.#isOfChain(this.frame, data, chain)) return;
    const slot = this.#find(data, chain);
    if (slot < 0) this.leave();
    else this.#enterTop(slot);
  }

  /** Changes from now on are not kept. */
  leave(): void {
    this.frame = -1;
    this.serial = 0;
  }

  /**
   * Takes back the block whose chain id and hash lie at these bytes, with all after it. Nothing, and false, where the
   * chain's stack does not hold it: it is too old, was never seen, or was taken back before.
   */
  undo(data: DataView, chain: number, hash: number): boolean {
    const slot = this.#find(data, chain);
    if (slot < 0) return false;
    const position = this.#positionOf(slot, data, hash);
    return position >= 0 && this.#undo(slot, position);
  }

  /** Is the frame's block that whose chain id and hash are these words? For parts that keep blocks by name. */
  isBlock(frame: number, keys: Uint32Array, chain: number, hash: number): boolean {
    const slot = Math.floor(frame / BLOCKS);
    for (let i = 0; i < KEY_WORDS; i++) {
      if (this.#chains.keys[slot * KEY_WORDS + i] !== keys[chain + i]) return false;
    }
    const at = this.#frames.at(frame) >>> 2;
    for (let i = 0; i < HASH_WORDS; i++) if (this.#frames.words[at + i] !== keys[hash + i]) return false;
    return true;
  }

  /** Pops the frames from the top down to a position. False, with nothing changed, where a part no longer holds one. */
  #undo(slot: number, position: number): boolean {
    const size = this.#size[slot] as number;
    for (let i = size - 1; i >= position; i--) {
      const frame = this.#frameAt(slot, i);
      if (this.#parts.some((part) => !part.holds(frame))) {
        this.#tally.faults.undo_lost++;
        return false;
      }
    }
    // What parts change while they restore is not to be kept.
    this.leave();
    for (let i = size - 1; i >= position; i--) {
      const frame = this.#frameAt(slot, i);
      for (const part of this.#parts) part.undo(frame);
    }
    this.#size[slot] = position;
    return true;
  }

  #push(slot: number, data: DataView, number: number, hash: number): void {
    if (this.#size[slot] === BLOCKS) this.#bottom[slot] = ((this.#bottom[slot] as number) + 1) % BLOCKS;
    else this.#size[slot] = (this.#size[slot] as number) + 1;
    const frame = this.#frameAt(slot, this.#size[slot] - 1);
    this.#frames.take(frame, 0, data, hash, 4 * HASH_WORDS);
    this.#frames.take(frame, NUMBER, data, number, 8);
    this.#serials[frame] = ++this.#lastSerial;
    this.#enterTop(slot);
  }

  #enterTop(slot: number): void {
    const size = this.#size[slot] as number;
    if (size === 0) return this.leave();
    this.frame = this.#frameAt(slot, size - 1);
    this.serial = this.#serials[this.frame] as number;
  }

  #find(data: DataView, chain: number): number {
    return this.#chains.find(this.#key.take(0, data, chain, KEY_WORDS).seal());
  }

  /** The chain that `#find` looked for last; the one heard of longest ago goes. */
  #addChain(): number {
    if (this.#chains.isFull) this.#chains.remove(this.#chains.oldest);
    const slot = this.#chains.add(this.#key);
    this.#size[slot] = 0;
    return slot;
  }

  /** Position of the frame in the stack, 0 at the bottom; -1 where it has none of that hash. */
  #positionOf(slot: number, data: DataView, hash: number): number {
    let position = (this.#size[slot] as number) - 1;
    while (position >= 0 && !this.#isBlock(this.#frameAt(slot, position), data, hash)) position--;
    return position;
  }

  #frameAt(slot: number, position: number): number {
    return slot * BLOCKS + (((this.#bottom[slot] as number) + position) % BLOCKS);
  }

  #height(slot: number, position: number): number {
    return u64AsNumber(this.#frames.data, this.#frames.at(this.#frameAt(slot, position)) + NUMBER);
  }

  #isBlock(frame: number, data: DataView, hash: number): boolean {
    const { words } = this.#frames;
    const at = this.#frames.at(frame) >>> 2;
    for (let i = 0; i < HASH_WORDS; i++)
      if (words[at + i] !== data.getUint32(hash + 4 * i, true)) return false;
    return true;
  }

  #isOfChain(frame: number, data: DataView, chain: number): boolean {
    const at = Math.floor(frame / BLOCKS) * KEY_WORDS;
    const { keys } = this.#chains;
    return keys[at] === data.getUint32(chain, true) && keys[at + 1] === data.getUint32(chain + 4, true);
  }
}
