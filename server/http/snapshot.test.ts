import { expect, it } from "vitest";
import { Key, KeyHash } from "../../model/window/key.ts";
import { SeqCounter } from "../../model/window/seq-ring.ts";
import { Window } from "../../model/window/window.ts";
import type { Snapshot } from "../../protocol/stream/messages.ts";
import { buildSnapshot, type SnapshotModel } from "./snapshot.ts";
import { encodeText } from "./text.ts";

/** A model of chain.main alone, which remembers one removal. */
function makeModel() {
  const counter = new SeqCounter();
  const window = new Window(
    {
      name: "chain.main",
      cap: 4,
      keyWords: 1,
      recordBytes: 8,
      jsonBytes: 100,
      writeId: (id, keys, from) => id.number(keys[from] as number),
      writeRow: (row, _slot, id, seq) => row.value({ id: id.toString(), seq }),
      tombstones: 1,
    },
    counter,
  );
  const key = new Key(1, new KeyHash(1, 1));
  const find = (id: number) => {
    key.words[0] = id;
    key.seal();
    return window.find(key);
  };
  const model: SnapshotModel = {
    epoch: "e",
    get headSeq() {
      return counter.head;
    },
    latestIngestSeq: 0,
    eventTimeUnixMs: 0,
    channels: new Map([["chain.main", window]]),
    channel: () => window,
  };
  return {
    window,
    put(id: number) {
      if (find(id) < 0) window.insert(key);
    },
    remove(id: number) {
      window.remove(find(id));
    },
    snapshot(since: number | null) {
      const text = buildSnapshot({ channels: ["chain.main"], since, contentDigest: false }, model, 0);
      const body = JSON.parse(Buffer.concat(encodeText(text)).toString()) as Snapshot;
      return body.channels["chain.main"];
    },
  };
}

it("H1 a cursor in reach gets what changed and what is gone, one out of reach the whole window", () => {
  const { window, put, remove, snapshot } = makeModel();
  for (const id of [1, 2, 3]) put(id);
  remove(1);
  expect(snapshot(3)).toMatchObject({ mode: "delta", count: 2, upsert: [], remove: ["1"] });
  remove(2);
  expect(window.reach).toBeGreaterThan(3);
  expect(snapshot(3)).toMatchObject({ mode: "full", count: 1, upsert: [{ id: "3", seq: 3 }] });
  expect(snapshot(window.reach)).toMatchObject({ mode: "delta", count: 1, upsert: [], remove: ["2"] });
  expect(snapshot(null)).toMatchObject({ mode: "full", count: 1, upsert: [{ id: "3", seq: 3 }] });
});
