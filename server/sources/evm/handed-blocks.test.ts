import { expect, test } from "vitest";
import { HANDED_LIMITS, HandedBlocks } from "./handed-blocks.ts";

const block = (number: number, bytes = 0) => ({
  ref: { number, hash: `0x${number}`, parent_hash: `0x${number - 1}` },
  told: { messages: [], bytes, fees: [], stated: [] },
});

test("so many blocks are remembered; the oldest are forgotten", () => {
  const blocks = new HandedBlocks();
  for (let n = 0; n < HANDED_LIMITS.blocks_count + 3; n++) blocks.push(block(n));
  expect([blocks.size, blocks.dropped]).toEqual([HANDED_LIMITS.blocks_count, 3]);
  expect([blocks.has("0x2"), blocks.has("0x3")]).toEqual([false, true]);
  expect(blocks.newestFirst()[0]?.ref.number).toBe(HANDED_LIMITS.blocks_count + 2);
});

test("and so many bytes of them", () => {
  const blocks = new HandedBlocks();
  const third = Math.floor(HANDED_LIMITS.told_bytes / 3);
  for (let n = 0; n < 5; n++) blocks.push(block(n, third));
  expect([blocks.size, blocks.bytes]).toEqual([3, 3 * third]);
  blocks.pop();
  expect([blocks.last?.ref.number, blocks.bytes]).toEqual([3, 2 * third]);
  blocks.push(block(9, HANDED_LIMITS.told_bytes + 1));
  expect([blocks.size, blocks.bytes, blocks.pop()]).toEqual([0, 0, null]);
});
