import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BatchLimits, upsertsOf } from "../channel.ts";
import { expectEqual, follow } from "../testing/follow.ts";
import { Replica } from "../testing/replica.ts";
import { Key, KeyHash } from "./key.ts";
import { SeqCounter } from "./seq-ring.ts";
import { Window } from "./window.ts";

/** A window whose entities are `{ id, seq, value }`, keyed by one number. */
function makeWindow(cap: number, tombstones?: number) {
  const counter = new SeqCounter();
  const window: Window = new Window(
    {
      name: "pool.main",
      cap,
      keyWords: 1,
      recordBytes: 8,
      jsonBytes: 100,
      writeId: (id, keys, from) => id.number(keys[from] as number),
      writeRow: (row, slot, id, seq) =>
        row.value({ id: id.toString(), seq, value: window.records.getNumber(slot, 0) }),
      ...(tombstones === undefined ? {} : { tombstones }),
    },
    counter,
  );
  return { window, counter };
}

type Operation =
  | { kind: "put"; id: number; value: number }
  | { kind: "remove"; id: number }
  | { kind: "shed"; rows: number }
  /** Another channel's change: the head moves on, this channel does not. */
  | { kind: "elsewhere" };

const key = new Key(1, new KeyHash(1, 1));

function apply({ window, counter }: ReturnType<typeof makeWindow>, operation: Operation): void {
  if (operation.kind === "elsewhere") counter.next();
  else if (operation.kind === "shed") window.shed(operation.rows);
  else {
    key.words[0] = operation.id;
    key.seal();
    const slot = window.find(key);
    if (operation.kind === "remove") {
      if (slot >= 0) window.remove(slot);
      return;
    }
    if (slot >= 0) window.change(slot);
    window.records.setNumber(slot >= 0 ? slot : window.insert(key), 0, operation.value);
  }
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("put" as const), id: fc.nat(12), value: fc.nat(999) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), id: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("shed" as const), rows: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "elsewhere" as const }) },
);
const limits: fc.Arbitrary<BatchLimits> = fc.record({
  max_entities: fc.integer({ min: 1, max: 5 }),
  max_bytes: fc.integer({ min: 1, max: 150 }),
});

describe("a channel's window", () => {
  test("O9 a copy at any seq and what changed since make the channel, and no id stands twice", () => {
    let outOfReach = 0;
    let reached = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(operation, { maxLength: 60, size: "max" }),
        (cap, operations) => {
          const made = makeWindow(cap, 2);
          const copies = [new Replica()];
          for (const op of operations) {
            apply(made, op);
            const fresh = new Replica();
            expect(follow(fresh, made.window)).toBe(true);
            expectEqual(fresh, made.window);
            copies.push(fresh);
          }
          for (const copy of copies) {
            const before = copy.seq;
            if (follow(copy, made.window)) {
              reached++;
              expectEqual(copy, made.window);
            } else {
              outOfReach++;
              expect(before).toBeLessThan(made.window.reach);
            }
          }
        },
      ),
    );
    expect(Math.min(outOfReach, reached)).toBeGreaterThan(0);
  });

  test("O2 O9 cut anywhere, with changes between the parts, the parts lead to the channel", () => {
    let cuts = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.tuple(operation, fc.option(limits)), { maxLength: 80, size: "max" }),
        limits,
        (cap, steps, last) => {
          const made = makeWindow(cap);
          const replica = new Replica();
          for (const [op, cut] of steps) {
            apply(made, op);
            const changes = cut === null ? null : made.window.changesSince(replica.seq, cut);
            if (changes === null) continue;
            replica.apply(changes);
            if (changes.complete) expectEqual(replica, made.window);
            else cuts++;
            // Between the parts of a batch a copy holds what it had and what came: never over twice the cap.
            expect(replica.rows.size).toBeLessThanOrEqual(2 * cap);
          }
          expect(follow(replica, made.window, last)).toBe(true);
          expectEqual(replica, made.window);
        },
      ),
    );
    expect(cuts).toBeGreaterThan(0);
  });

  test("O2 a cut at seq s carries exactly the changes up to s", () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60, size: "max" }),
        limits,
        fc.nat(40),
        (operations, cut, since) => {
          const { window, counter } = operations.reduce((made, op) => {
            apply(made, op);
            return made;
          }, makeWindow(8));
          const from = Math.min(since, counter.head);
          const whole = window.changesSince(from);
          const part = window.changesSince(from, cut);
          if (whole === null || part === null) throw new Error("in reach");
          const rows = upsertsOf(whole) as { seq: number }[];
          expect(upsertsOf(part)).toEqual(rows.filter(({ seq }) => seq <= part.seq));
          const entities = part.upserts + part.remove.length;
          expect(entities).toBeLessThanOrEqual(cut.max_entities);
          const removed = part.remove.map((id) => `"${id}"`).join(",");
          const bytes = part.upsert.length + removed.length;
          expect(bytes <= cut.max_bytes || entities === 1).toBe(true);
        },
      ),
    );
  });

  test("L2 changes and evicted count what the range coalesced and lost", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60, size: "max" }), fc.nat(60), (operations, since) => {
        const made = makeWindow(4);
        const changed: number[] = [];
        const lost: number[] = [];
        for (const op of operations) {
          const head = made.counter.head;
          const seqs = [...made.window.slots()].map((slot) => made.window.seqOf(slot));
          const { evictions } = made.window;
          apply(made, op);
          lost.push(...seqs.slice(0, made.window.evictions - evictions));
          if ((op.kind === "put" || op.kind === "remove") && made.counter.head > head) changed.push(head + 1);
        }
        const from = Math.min(since, made.counter.head);
        const changes = made.window.changesSince(from);
        expect(changes?.changes).toBe(changed.filter((seq) => seq > from).length);
        expect(changes?.evicted).toBe(lost.filter((seq) => seq > from).length);
      }),
    );
  });

  test("O9 there is news, a moved floor too, only where lastSeq is above the cursor", () => {
    let news = 0;
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40, size: "max" }), (operations) => {
        const made = makeWindow(4);
        for (const op of operations) {
          const before = made.window.changesSince(0);
          const cursor = made.counter.head;
          apply(made, op);
          const changes = made.window.changesSince(cursor);
          const isNews =
            changes === null ||
            changes.upserts + changes.remove.length > 0 ||
            changes.evict_before > (before?.evict_before ?? 0);
          if (isNews) {
            news++;
            expect(made.window.lastSeq).toBeGreaterThan(cursor);
          }
        }
      }),
    );
    expect(news).toBeGreaterThan(0);
  });

  test("D2 reading changes nothing, and the digest is that of a computation from scratch", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(operation, fc.boolean()), { maxLength: 60, size: "max" }), (steps) => {
        const read = makeWindow(5);
        const unread = makeWindow(5);
        for (const [op, isRead] of steps) {
          apply(read, op);
          apply(unread, op);
          if (!isRead) continue;
          read.window.digest();
          read.window.changesSince(0);
        }
        expect(read.window.digest()).toBe(unread.window.digest());
        expect(read.window.contentDigest()).toBe(unread.window.contentDigest());
        expect(read.counter.head).toBe(unread.counter.head);
      }),
    );
  });

  test("evicts the lowest seq and states it by the floor", () => {
    const made = makeWindow(2);
    for (const id of [1, 2, 1, 3]) apply(made, { kind: "put", id, value: id });
    const changes = made.window.changesSince(0);
    expect((upsertsOf(changes) as { id: string }[]).map(({ id }) => id)).toEqual(["1", "3"]);
    expect(made.window.floor).toBe(3);
    expect(changes?.evict_before).toBe(3);
  });

  test("a cursor is out of reach once a tombstone after it was dropped, and above the head", () => {
    const made = makeWindow(4, 1);
    for (const id of [1, 2]) apply(made, { kind: "put", id, value: 0 });
    apply(made, { kind: "remove", id: 1 });
    expect(made.window.changesSince(2)?.remove).toEqual(["1"]);
    apply(made, { kind: "remove", id: 2 });
    expect(made.window.reach).toBe(3);
    expect(made.window.changesSince(2)).toBeNull();
    expect(made.window.changesSince(3)?.remove).toEqual(["2"]);
    expect(made.window.changesSince(0)).toMatchObject({ upserts: 0, complete: true });
    expect(made.window.changesSince(5)).toBeNull();
  });
});
