import fc from "fast-check";
import { expect, it } from "vitest";
import { RELAY_LIMITS } from "./limits.ts";
import { ReplayRing } from "./ring.ts";
import { numbered, numberedRun, numberOf } from "./testing/messages.ts";

/** The numbers of a stretch's messages, each `size` bytes. */
function numbersIn(bytes: Uint8Array, size: number): number[] {
  return Array.from({ length: bytes.length / size }, (_, index) =>
    numberOf(bytes.subarray(index * size, (index + 1) * size)),
  );
}

it("gives back what follows any number that it holds, in order, and counts what it dropped", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12_000 }),
      fc.integer({ min: 8, max: 60 }),
      fc.integer({ min: 1, max: 9_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (count, bytes, bound, where) => {
        const ring = new ReplayRing({ bytes: Number.POSITIVE_INFINITY, messages: bound });
        const size = numbered(0, { bytes }).length;
        const message = numbered(0, { bytes });
        const data = new DataView(message.buffer);
        for (let n = 1; n <= count; n++) {
          data.setBigUint64(8, BigInt(n), true);
          ring.append(message);
        }
        expect(ring.newest).toBe(count);
        expect(ring.heldCount).toBe(count - ring.dropped);
        expect(ring.heldCount).toBeGreaterThan(Math.min(count, bound) - RELAY_LIMITS.segment_messages_count);
        const after = Math.floor(where * count);
        const seen: number[] = [];
        let at = after;
        for (let stretch = ring.read(at); stretch !== null; stretch = ring.read(at)) {
          seen.push(...numbersIn(stretch.bytes, size));
          at = stretch.last;
        }
        const first = Math.max(after, ring.dropped) + 1;
        expect(seen).toEqual(Array.from({ length: count - first + 1 }, (_, index) => first + index));
      },
    ),
    { numRuns: 60 },
  );
});

it("holds the bytes that it may, one segment more at the most, however much passes through", () => {
  const bytes = 4 * RELAY_LIMITS.segment_bytes;
  const ring = new ReplayRing({ bytes, messages: 1_000_000 });
  for (const message of numberedRun(1, 20_000)) {
    ring.append(message);
    expect(ring.heldBytes).toBeLessThanOrEqual(bytes);
  }
  expect(ring.dropped).toBeGreaterThan(10_000);
});

it("takes a message that is larger than a segment, and larger than the ring", () => {
  const ring = new ReplayRing({ bytes: 1_000, messages: 100 });
  const large = numbered(2, { bytes: 60_000 });
  ring.append(numbered(1));
  ring.append(large);
  expect(ring.read(0)?.last).toBe(2);
  const huge = new Uint8Array(Buffer.concat([large, large]));
  ring.append(huge);
  expect(ring.read(2)?.bytes).toEqual(huge);
  expect(ring.dropped).toBe(2);
});

it("what was handed out stays as it was when more is appended and when it is dropped", () => {
  const ring = new ReplayRing({ bytes: 1, messages: 1 });
  ring.append(numbered(1));
  const { bytes } = ring.read(0) ?? {};
  for (const message of numberedRun(2, 10_000)) ring.append(message);
  expect(bytes).toEqual(numbered(1));
});

it("goes back by bytes, as far as it holds", () => {
  const ring = new ReplayRing({ bytes: 1_000_000, messages: 1_000_000 });
  for (const message of numberedRun(1, 5_000)) ring.append(message);
  const size = numbered(1).length;
  expect(ring.back(5_000, 10 * size)).toBe(4_990);
  expect(ring.back(5_000, 10 * size - 1)).toBe(4_991);
  expect(ring.back(4_000, 0)).toBe(4_000);
  expect(ring.back(5_000, 10_000_000)).toBe(ring.dropped);
});
