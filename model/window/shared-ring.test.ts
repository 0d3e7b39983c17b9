import fc from "fast-check";
import { expect, test } from "vitest";
import { SharedRing } from "./shared-ring.ts";
import { SlotLists } from "./slot-lists.ts";

test("counts an owner's seqs in a range, among the last so many of all owners", () => {
  const step = fc.record({ owner: fc.nat(2), isCleared: fc.nat(9).map((n) => n === 0) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 40, size: "max" }),
      fc.nat(45),
      fc.nat(45),
      (capacity, steps, a, b) => {
        const ring = new SharedRing(capacity, 3);
        let held: { owner: number; seq: number }[] = [];
        let pushed: { owner: number; seq: number }[] = [];
        for (const [n, { owner, isCleared }] of steps.entries()) {
          if (isCleared) {
            ring.clear(owner);
            pushed = pushed.map((entry) => (entry.owner === owner ? { ...entry, owner: -1 } : entry));
          } else {
            ring.push(owner, n + 1);
            pushed.push({ owner, seq: n + 1 });
          }
          held = pushed.slice(-capacity);
        }
        const [after, upTo] = [Math.min(a, b), Math.max(a, b)];
        for (const owner of [0, 1, 2]) {
          const seqs = held
            .filter((entry) => entry.owner === owner && entry.seq > after)
            .map(({ seq }) => seq);
          expect(ring.count(owner, after, upTo)).toBe(seqs.filter((seq) => seq <= upTo).length);
          expect(ring.after(owner, after).map((place) => ring.seqAt(place))).toEqual(seqs);
        }
      },
    ),
  );
});

test("lists over one range of slots are lists", () => {
  const step = fc.record({
    slot: fc.nat(7),
    list: fc.nat(2),
    kind: fc.constantFrom("append", "remove", "tail"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const lists = new SlotLists(8, 3);
      const oracle: number[][] = [[], [], []];
      for (const { slot, list, kind } of steps) {
        const held = oracle.findIndex((slots) => slots.includes(slot));
        const slots = oracle[held];
        if (slots === undefined) {
          lists.append(list, slot);
          oracle[list]?.push(slot);
        } else if (kind !== "append") {
          slots.splice(slots.indexOf(slot), 1);
          if (kind === "remove") lists.remove(held, slot);
          else {
            lists.moveToTail(held, slot);
            slots.push(slot);
          }
        }
        for (const [at, expected] of oracle.entries()) {
          const forwards: number[] = [];
          for (let s = lists.head(at); s >= 0; s = lists.next(s)) forwards.push(s);
          const backwards: number[] = [];
          for (let s = lists.tail(at); s >= 0; s = lists.previous(s)) backwards.push(s);
          expect(forwards).toEqual(expected);
          expect(backwards).toEqual(expected.toReversed());
        }
      }
    }),
  );
});
