import fc from "fast-check";
import { expect, it } from "vitest";
import { utf8Text } from "../json/json-writer.ts";
import { RowTexts } from "./row-texts.ts";

const SLOTS = 4;
const ROOM = 16;

it("gives each slot's text as it was when the row changed last, written once, however long it is", () => {
  const operation = fc.record({
    slot: fc.nat(SLOTS - 1),
    length: fc.option(fc.integer({ min: 2, max: 3 * ROOM })),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const rows = Array.from({ length: SLOTS }, () => "xx");
      const written: number[] = [];
      const texts = new RowTexts(SLOTS, ROOM, (json, slot) => {
        written.push(slot);
        json.ascii(rows[slot] as string);
      });
      const known = new Set<number>();
      for (const [n, { slot, length }] of operations.entries()) {
        if (length === null) {
          const before = written.length;
          expect(utf8Text(texts.textOf(slot))).toBe(rows[slot]);
          expect(written.length - before).toBe(known.has(slot) ? 0 : 1);
          known.add(slot);
        } else {
          rows[slot] = String(n).padEnd(length, "x");
          texts.drop(slot);
          known.delete(slot);
        }
      }
      for (const [slot, text] of rows.entries()) expect(utf8Text(texts.textOf(slot))).toBe(text);
    }),
  );
});
