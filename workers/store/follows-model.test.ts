/** The store against the model's own window: whatever parts the changes come in, at the head both hold the same. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { upsertsOf } from "../../model/channel.ts";
import { Key, KeyHash } from "../../model/window/key.ts";
import { SeqCounter } from "../../model/window/seq-ring.ts";
import { Window } from "../../model/window/window.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { Store } from "./store.ts";

const CAP = 10;

function makeWindow() {
  const window: Window = new Window(
    {
      name: "pool.main",
      cap: CAP,
      keyWords: 1,
      recordBytes: 8,
      jsonBytes: 100,
      writeId: (id, keys, from) => id.ascii(`id${keys[from]}`),
      writeRow: (row, slot, id, seq) =>
        row.value({ id: id.toString(), seq, value: window.records.getNumber(slot, 0) }),
      tombstones: 1,
    },
    new SeqCounter(),
  );
  return window;
}

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), id: fc.nat(16) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("remove" as const), id: fc.nat(16) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("shed" as const), id: fc.nat(3) }) },
);

const key = new Key(1, new KeyHash(1, 1));

function change(window: Window, { kind, id }: { kind: "put" | "remove" | "shed"; id: number }): void {
  if (kind === "shed") {
    window.shed(id);
    return;
  }
  key.words[0] = id;
  key.seal();
  const slot = window.find(key);
  if (kind === "remove") {
    if (slot >= 0) window.remove(slot);
  } else if (slot >= 0) {
    window.change(slot);
  } else {
    window.insert(key);
  }
}

it("holds what the model's window holds, after any operations taken in any parts", () => {
  const seen = { cut: 0, outOfReach: 0, evicted: 0 };
  const rounds = fc.array(fc.tuple(fc.array(operation, { maxLength: 25 }), fc.integer({ min: 1, max: 6 })));
  fc.assert(
    fc.property(rounds, (story) => {
      const window = makeWindow();
      const store = new Store(CAP);
      let seq = 0;
      for (const [operations, max_entities] of story) {
        for (const each of operations) change(window, each);
        for (;;) {
          const changes = window.changesSince(seq, { max_entities, max_bytes: 10_000 });
          if (changes === null) {
            seen.outOfReach++;
            const whole = window.changesSince(0)!;
            store.replace(upsertsOf(whole) as Row[], CAP);
            seq = whole.seq;
            break;
          }
          store.apply({ ...changes, upsert: upsertsOf(changes) as Row[] });
          seq = changes.seq;
          if (changes.evict_before > 0) seen.evicted++;
          if (changes.complete) break;
          seen.cut++;
        }
        expect(store.digest()).toBe(window.digest());
        expect(store.count).toBe(window.count);
      }
      expect(store.overflows).toBe(0);
    }),
    { numRuns: 300 },
  );
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
});
