import { beforeEach, describe, expect, test } from "vitest";
import { Tally } from "../counters.ts";
import { MODEL_LIMITS } from "../limits.ts";
import { KeyHash } from "../window/key.ts";
import { BeforeImages } from "./before-images.ts";
import { Journal } from "./journal.ts";

/** A chain id at 0, a number at 8, a hash at 16. */
const block = new DataView(new ArrayBuffer(48));
function name(number: number, branch: number, chain: number): void {
  block.setBigUint64(0, BigInt(chain), true);
  block.setBigUint64(8, BigInt(number), true);
  block.setUint32(16, number, true);
  block.setUint32(20, branch, true);
}

/** A part of the fold in its plainest form: eight numbers, each with its key's before-image. */
class Numbers {
  readonly values = new Int32Array(8);
  readonly images: BeforeImages;

  constructor(journal: Journal, images: number) {
    this.images = new BeforeImages(journal, this.values.length, images, 4);
    journal.add(this);
  }

  first(count: number): number[] {
    return Array.from(this.values.subarray(0, count));
  }

  set(slot: number, value: number): void {
    const image = this.images.open(slot);
    if (image >= 0)
      this.images.records.data.setInt32(this.images.records.at(image), this.values[slot] as number);
    this.values[slot] = value;
  }

  holds(frame: number): boolean {
    return this.images.holds(frame);
  }

  undo(frame: number): void {
    const { data } = this.images.records;
    this.images.undo(frame, (slot, image) => {
      this.values[slot] = data.getInt32(this.images.records.at(image));
    });
  }
}

let tally: Tally;
let journal: Journal;
let part: Numbers;
beforeEach(() => {
  tally = new Tally();
  journal = new Journal(new KeyHash(1, 2), tally);
  part = new Numbers(journal, 1_000);
});

function enter(number: number, branch = 0, chain = 1, isHead = false): void {
  name(number, branch, chain);
  journal.enter(block, 0, 8, 16, isHead);
}
function undo(number: number, branch = 0, chain = 1): boolean {
  name(number, branch, chain);
  return journal.undo(block, 0, 16);
}
function depth(chain = 1): number {
  name(0, 0, chain);
  return journal.depth(block, 0);
}

describe("the undo journal", () => {
  test("takes back a block with all after it, newest first", () => {
    enter(1);
    part.set(0, 10);
    enter(2);
    part.set(0, 20);
    part.set(0, 21);
    enter(3);
    part.set(0, 30);
    part.set(1, 31);
    expect(undo(2)).toBe(true);
    expect([part.values[0], part.values[1]]).toEqual([10, 0]);
    expect(depth()).toBe(1);
    expect(undo(2)).toBe(false);
    expect(undo(1)).toBe(true);
    expect(part.values[0]).toBe(0);
  });

  test("keeps apart what several chains do by turns", () => {
    enter(1, 0, 1);
    part.set(0, 1);
    enter(1, 0, 2);
    part.set(1, 2);
    enter(1, 0, 1);
    part.set(2, 3);
    undo(1, 0, 1);
    expect(part.first(3)).toEqual([0, 2, 0]);
  });

  test("keeps nothing of what belongs to no block", () => {
    part.set(0, 1);
    name(0, 0, 7);
    enter(5);
    journal.enterNewest(block, 0);
    part.set(1, 2);
    name(0, 0, 7);
    journal.enterNewest(block, 0);
    expect(journal.frame).toBe(-1);
    part.set(2, 3);
    undo(5);
    expect(part.first(3)).toEqual([1, 0, 3]);
  });

  test("holds so many blocks of so many chains, and no more", () => {
    const blocks = MODEL_LIMITS.undo_blocks_count;
    for (let n = 1; n <= blocks + 1; n++) {
      enter(n);
      part.set(0, n);
    }
    expect(depth()).toBe(blocks);
    expect(undo(1)).toBe(false);
    for (let chain = 2; chain <= MODEL_LIMITS.undo_chains_count; chain++) enter(1, 0, chain);
    enter(blocks + 2);
    enter(1, 0, 1_000);
    expect([depth(1), depth(2), depth(1_000)]).toEqual([blocks, 0, 1]);
    expect(undo(3)).toBe(true);
    expect(part.values[0]).toBe(2);
  });

  test("does not take back a part of a block whose images it no longer holds", () => {
    const few = new Numbers(journal, 2);
    enter(1);
    few.set(0, 1);
    enter(2);
    few.set(0, 2);
    few.set(1, 2);
    part.set(0, 9);
    expect(undo(1)).toBe(false);
    expect([few.values[0], few.values[1], part.values[0]]).toEqual([2, 2, 9]);
    expect(tally.faults.undo_lost).toBe(1);
    expect(undo(2)).toBe(true);
    expect([few.values[0], few.values[1], part.values[0]]).toEqual([1, 0, 0]);
  });

  test("a slot that holds something else gets an image of its own", () => {
    enter(1);
    part.set(0, 1);
    part.images.release(0);
    part.set(0, 2);
    enter(2);
    part.set(0, 3);
    undo(2);
    expect(part.values[0]).toBe(2);
    undo(1);
    expect(part.values[0]).toBe(0);
  });

  describe("a block that nobody said was taken back", () => {
    beforeEach(() => {
      for (const n of [10, 11, 13]) {
        enter(n);
        part.set(0, n);
      }
    });

    test("is undone by another one of its height, with those above", () => {
      enter(11, 1);
      expect([part.values[0], depth()]).toEqual([10, 2]);
    });

    test("and by the head of another one", () => {
      enter(13, 1, 1, true);
      expect([part.values[0], depth()]).toEqual([11, 3]);
    });

    test("stands where late word comes of a height that is not held, or of a block farther down", () => {
      enter(12, 1);
      part.set(1, 12);
      enter(10);
      part.set(2, 10);
      expect([part.values[0], depth()]).toEqual([13, 3]);
      undo(13);
      expect(part.first(3)).toEqual([11, 0, 0]);
    });

    test("stands where an event comes of a block below all, and cannot be taken back after", () => {
      enter(3, 1);
      expect([part.values[0], depth()]).toEqual([13, 1]);
      expect(undo(13)).toBe(false);
      enter(4, 1);
      expect(depth()).toBe(2);
    });

    test("stands where a head below all comes late", () => {
      enter(3, 1, 1, true);
      expect([part.values[0], depth()]).toEqual([13, 3]);
    });

    test("stands, and is forgotten, where it can no longer be taken back", () => {
      const few = new Numbers(journal, 1);
      few.set(0, 1);
      enter(14);
      few.set(0, 2);
      enter(13, 1);
      expect([part.values[0], few.values[0], depth()]).toEqual([13, 2, 3]);
      expect(tally.faults.undo_lost).toBe(1);
    });
  });
});
