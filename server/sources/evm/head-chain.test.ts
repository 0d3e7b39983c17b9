import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BlockRef } from "./chain.ts";
import { HEAD_LIMITS, HeadChain } from "./head-chain.ts";

const block = (number: number, branch = "a", parentBranch = branch): BlockRef => ({
  number,
  hash: `${branch}${number}`,
  parent_hash: `${parentBranch}${number - 1}`,
});

/** A node that has these blocks. */
const nodeOf = (blocks: readonly BlockRef[]) => {
  const byHash = new Map(blocks.map((ref) => [ref.hash, ref]));
  return async (child: BlockRef) => byHash.get(child.parent_hash) ?? null;
};
const straight = (count: number): BlockRef[] => Array.from({ length: count }, (_, n) => block(n));

function handOver(heads: HeadChain, blocks: readonly BlockRef[]): string[] {
  for (const { number, hash } of blocks) heads.add(number, hash, 1_000 + number);
  return blocks.map(({ hash }) => hash);
}

describe("what to hand over for a new head", () => {
  test("the first stands alone; the next is itself; one named twice is nothing", async () => {
    const heads = new HeadChain();
    const parentOf = nodeOf(straight(10));
    expect(await heads.upTo(block(5), parentOf)).toEqual({ blocks: [block(5)], missed: 0 });
    handOver(heads, [block(5)]);
    expect(await heads.upTo(block(6), parentOf)).toEqual({ blocks: [block(6)], missed: 0 });
    handOver(heads, [block(6)]);
    expect(await heads.upTo(block(6), parentOf)).toEqual({ blocks: [], missed: 0 });
  });

  test("skipped numbers are filled in, oldest first", async () => {
    const heads = new HeadChain();
    handOver(heads, [block(5)]);
    const { blocks } = await heads.upTo(block(9), nodeOf(straight(10)));
    expect(blocks.map(({ number }) => number)).toEqual([6, 7, 8, 9]);
  });

  test("after a reorg the new branch comes from where it parted", async () => {
    const heads = new HeadChain();
    handOver(heads, [block(5), block(6), block(7)]);
    const branch = [block(6, "b", "a"), block(7, "b"), block(8, "b")];
    const { blocks, missed } = await heads.upTo(branch[2] as BlockRef, nodeOf(branch));
    expect(blocks.map(({ hash }) => hash)).toEqual(["b6", "b7", "b8"]);
    expect(missed).toBe(0);
  });

  test("what is farther behind than the walk, or the node does not have, is counted as missed", async () => {
    const heads = new HeadChain();
    handOver(heads, [block(1)]);
    const far = HEAD_LIMITS.walk_count + 11;
    const walked = await heads.upTo(block(far), nodeOf(straight(far)));
    expect(walked.blocks).toHaveLength(HEAD_LIMITS.walk_count);
    expect(walked.missed).toBe(far - HEAD_LIMITS.walk_count - 1);
    expect(await heads.upTo(block(9), async () => null)).toEqual({ blocks: [block(9)], missed: 7 });
  });

  test("any heads named of a growing chain hand over every block once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 30 }),
        async (steps) => {
          const heads = new HeadChain();
          const parentOf = nodeOf(straight(200));
          const handed = handOver(heads, [block(0)]);
          let number = 0;
          for (const step of steps) {
            number += step;
            const { blocks, missed } = await heads.upTo(block(number), parentOf);
            expect(missed).toBe(0);
            handed.push(...handOver(heads, blocks));
          }
          expect(handed).toEqual(straight(number + 1).map(({ hash }) => hash));
        },
      ),
    );
  });
});

test("remembers a bounded number of blocks, and their times", () => {
  const heads = new HeadChain();
  handOver(heads, straight(HEAD_LIMITS.remembered_count + 5));
  expect(heads.timeOf("a4")).toBeNull();
  expect(heads.timeOf("a5")).toBe(1_005);
  expect(heads.timeOf(null)).toBeNull();
  expect(heads.last).toBe(HEAD_LIMITS.remembered_count + 4);
});
