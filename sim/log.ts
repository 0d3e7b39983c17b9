/**
 * The log of a run and the two folds of it. `ModelFold` is the product's own, fed with TLV messages. That fold removes no
 * row yet, so cursors never leave reach in it; `WindowFold` is the model's windows alone with small tombstone rings, where
 * rows are removed, shed and out of reach all the time.
 */
import { Model } from "../model/model.ts";
import { feed } from "../model/testing/messages.ts";
import { Key, KeyHash } from "../model/window/key.ts";
import { SeqCounter } from "../model/window/seq-ring.ts";
import { Window } from "../model/window/window.ts";
import { CHANNEL_NAMES, type ChannelName } from "../protocol/stream/channels.ts";
import type { SnapshotModel } from "../server/http/snapshot.ts";
import * as rows from "../workers/testing/rows.ts";

export type Caps = Readonly<Record<ChannelName, number>>;

/** One line of the log: a TLV message for the model, or a change of a window. */
export type Entry =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "put" | "remove" | "shed"; readonly channel: ChannelName; readonly n: number };

export interface Fold {
  readonly state: SnapshotModel;
  fold(entry: Entry): void;
  /** GET /transactions/{hash}. */
  transaction(hash: string): Record<string, unknown> | null;
}

/** An epoch: its name, and what has happened in it. */
export interface Log {
  readonly id: string;
  readonly entries: Entry[];
}

export class ModelFold implements Fold {
  readonly state: Model;

  constructor(log_id: string, caps: Caps) {
    this.state = new Model({ log_id, caps, log_bytes: 4_096 });
  }

  fold(entry: Entry): void {
    if (entry.kind === "message") feed(this.state, entry.bytes);
  }

  transaction(hash: string): Record<string, unknown> | null {
    return this.state.transaction(hash);
  }
}

const TOMBSTONES = 3;
const EVENT_STEP_MS = 50;
const START_MS = 1_700_000_000_000;

export class WindowFold implements Fold {
  readonly state: SnapshotModel;
  readonly #windows: ReadonlyMap<ChannelName, Window>;
  readonly #key = new Key(1, new KeyHash(1, 1));
  #folded = 0;

  constructor(log_id: string, caps: Caps) {
    const counter = new SeqCounter();
    const folded = () => this.#folded;
    this.#windows = new Map(CHANNEL_NAMES.map((name) => [name, makeWindow(name, caps[name], counter)]));
    this.state = {
      epoch: `e-${log_id}`,
      channels: this.#windows,
      get headSeq() {
        return counter.head;
      },
      get latestIngestSeq() {
        return folded();
      },
      get eventTimeUnixMs() {
        return START_MS + folded() * EVENT_STEP_MS;
      },
    };
  }

  fold(entry: Entry): void {
    this.#folded++;
    if (entry.kind === "message") return;
    const window = this.#windows.get(entry.channel)!;
    if (entry.kind === "shed") {
      window.shed(entry.n);
      return;
    }
    this.#key.words[0] = entry.n;
    this.#key.seal();
    const held = window.find(this.#key);
    if (entry.kind === "remove") {
      if (held >= 0) window.remove(held);
      return;
    }
    const slot = held >= 0 ? held : window.insert(this.#key);
    window.records.setNumber(slot, 0, this.#folded);
    if (held >= 0) window.change(slot);
  }

  transaction(): null {
    return null;
  }
}

/** Rows that views can show, with the number of their last entry in one field. */
const ROW: Readonly<Record<ChannelName, (id: string, seq: number, n: number) => object>> = {
  "tx.main": (id, seq, n) => rows.tx({ id, seq, nonce: String(n) }),
  "pool.main": (id, seq, n) => rows.poolEvent({ id, seq, log_index: n }),
  "pool.state": (id, seq, n) => rows.pool({ id, seq, swaps: n }),
  "chain.main": (id, seq, n) => rows.chain({ id, seq, reorgs: n }),
};

function makeWindow(name: ChannelName, cap: number, counter: SeqCounter): Window {
  const window: Window = new Window(
    {
      name,
      cap,
      keyWords: 1,
      recordBytes: 8,
      jsonBytes: 100,
      tombstones: TOMBSTONES,
      idOf: (keys, from) => `${name}:${keys[from]}`,
      rowOf: (slot, id, seq) => ROW[name](id, seq, window.records.getNumber(slot, 0)),
    },
    counter,
  );
  return window;
}
