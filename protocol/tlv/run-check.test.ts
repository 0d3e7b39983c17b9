import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMessage } from "./encode.ts";
import { verifyRun } from "./run-check.ts";
import { anyMessage } from "./testing/arbitrary.ts";
import { decodeAll } from "./testing/decode-all.ts";

const messages = fc
  .sample(anyMessage, { numRuns: 60, seed: 7 })
  .map((message) => encodeMessage({ ...message, checksum: "ok" }));
const stream = new Uint8Array(Buffer.concat(messages));
const ends = messages.map((_, index) => Buffer.concat(messages.slice(0, index + 1)).length);

function verify(bytes: Uint8Array): number {
  return verifyRun(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
}

describe("verifyRun", () => {
  it("verifies all whole messages up to what is no message", () => {
    expect(stream.length).toBeGreaterThan(8192);
    expect(verify(stream)).toBe(stream.length);
    expect(verify(stream.subarray(0, -1))).toBe(ends.at(-2));
    expect(verify(new Uint8Array(Buffer.concat([stream, Buffer.from("garbage".repeat(9))])))).toBe(
      stream.length,
    );
  });

  it("leaves to others what is short, unchecked or no message", () => {
    expect(verify(stream.subarray(0, ends[2]))).toBe(~(ends[2] ?? 0));
    expect(verify(new Uint8Array(5000))).toBe(~0);
    const unchecked = encodeMessage({
      domain: "system",
      source: 1,
      sequence: 0n,
      timestamp_ns: 0n,
      tlvs: [],
      checksum: "absent",
    });
    expect(verify(new Uint8Array(Buffer.concat([unchecked, stream])))).toBe(~0);
  });

  it("sees every flipped bit of a run", () => {
    const flip = fc.record({ at: fc.nat(stream.length - 1), bit: fc.nat(7) });
    fc.assert(
      fc.property(flip, ({ at, bit }) => {
        const copy = stream.slice();
        copy[at] = (copy[at] as number) ^ (1 << bit);
        const end = verify(copy);
        // A flip in a magic or a size ends the run before it, which may hold.
        expect(end < 0 || end <= at).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("changes nothing in what the decoder finds in a damaged stream", () => {
    const flips = fc.array(fc.record({ message: fc.nat(59), at: fc.nat(1000), bit: fc.nat(7) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(flips, fc.constantFrom([100], [5000], [stream.length]), (damage, cuts) => {
        const copies = messages.map((message) => message.slice());
        const damaged = new Set(damage.map(({ message }) => message));
        for (const { message, at, bit } of damage) {
          const copy = copies[message] as Uint8Array;
          const position = 4 + (at % (copy.length - 4));
          copy[position] = (copy[position] as number) | (1 << bit);
        }
        const intact = messages.filter(
          (message, index) => Buffer.compare(message, copies[index] as Uint8Array) === 0,
        );
        const outcome = decodeAll(new Uint8Array(Buffer.concat(copies)), cuts);
        expect(outcome.messages).toEqual(intact.map((message) => Buffer.from(message).toString("hex")));
        expect(outcome.faults.length).toBeLessThanOrEqual(damaged.size);
      }),
      { numRuns: 200 },
    );
  });
});
