import fc from "fast-check";
import { expect, test } from "vitest";
import { SeqRing } from "./seq-ring.ts";

test("counts the seqs in a range, among the last so many", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40, size: "max" });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), gaps, fc.nat(120), fc.nat(120), (capacity, steps, a, b) => {
      const ring = new SeqRing(capacity);
      const seqs: number[] = [];
      for (const gap of steps) {
        seqs.push((seqs.at(-1) ?? 0) + gap);
        ring.push(seqs.at(-1) as number);
      }
      const [after, upTo] = [Math.min(a, b), Math.max(a, b)];
      const held = seqs.slice(-capacity);
      expect(ring.size).toBe(held.length);
      expect(ring.count(after, upTo)).toBe(held.filter((seq) => seq > after && seq <= upTo).length);
    }),
  );
});
