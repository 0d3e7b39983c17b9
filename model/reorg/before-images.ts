/**
 * What a part's records were before the blocks that changed them: a bounded ring of images, those of one frame of the
 * journal linked from the newest to the oldest. When the ring is full the oldest image goes, and with it the frame that
 * it was of can no longer be taken back.
 */
import { Slab } from "../window/slab.ts";
import { FRAMES, type Journal } from "./journal.ts";

export class BeforeImages {
  /** An image's record, which the part fills and reads. */
  readonly records: Slab;
  readonly #journal: Journal;
  /** Opening of the frame in which each slot was kept last. */
  readonly #keptIn: Float64Array;
  /** Images are numbered from 0 on; number n lies at n modulo the capacity. */
  #next = 0;
  /** Of each image: the slot, and the number of the image before it in its frame, -1 where it is the first. */
  readonly #slots: Int32Array;
  readonly #before: Float64Array;
  /** Of each frame: the opening that these are of, and its first and its newest image. */
  readonly #opening = new Float64Array(FRAMES);
  readonly #first = new Float64Array(FRAMES);
  readonly #newest = new Float64Array(FRAMES);

  /** @param slots records that the part has; @param images images held at most; @param imageBytes of each */
  constructor(journal: Journal, slots: number, images: number, imageBytes: number) {
    this.#journal = journal;
    this.#keptIn = new Float64Array(slots);
    this.records = new Slab(images, imageBytes);
    this.#slots = new Int32Array(images);
    this.#before = new Float64Array(images);
  }

  get bytes(): number {
    return (
      this.records.bytes.length +
      this.#keptIn.byteLength +
      this.#slots.byteLength +
      this.#before.byteLength +
      3 * this.#opening.byteLength
    );
  }

  /**
   * To be called before a record changes. Where its image is wanted, the image to fill (a slot of `records`, holding
   * what was in it); -1 where the frame has one of this slot already, or no frame is open.
   */
  open(slot: number): number {
    const { serial } = this.#journal;
    return serial === 0 || this.#keptIn[slot] === serial ? -1 : this.#open(slot, serial);
  }

  #open(slot: number, serial: number): number {
    this.#keptIn[slot] = serial;
    const { frame } = this.#journal;
    const number = this.#next++;
    if (this.#opening[frame] !== serial) {
      this.#opening[frame] = serial;
      this.#first[frame] = number;
      this.#newest[frame] = -1;
    }
    const image = number % this.records.count;
    this.#slots[image] = slot;
    this.#before[image] = this.#newest[frame] as number;
    this.#newest[frame] = number;
    return image;
  }

  /** The slot holds something else from now on, which needs an image of its own. */
  release(slot: number): void {
    this.#keptIn[slot] = 0;
  }

  /** Are all of the frame's images still there? */
  holds(frame: number): boolean {
    if (this.#opening[frame] !== this.#journal.serialOf(frame)) return true;
    return (this.#first[frame] as number) >= this.#next - this.records.count;
  }

  /** Hands over the frame's images, newest first, so that where a slot has two the older one stands in the end. */
  undo(frame: number, restore: (slot: number, image: number) => void): void {
    if (this.#opening[frame] !== this.#journal.serialOf(frame)) return;
    for (let number = this.#newest[frame] as number; number >= 0; ) {
      const image = number % this.records.count;
      number = this.#before[image] as number;
      restore(this.#slots[image] as number, image);
    }
    this.#opening[frame] = 0;
  }
}
