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
import {
  type BarsChannel,
  barsChannel,
  CHANNEL_NAMES,
  type ChannelKind,
  type ChannelName,
  isMainChannel,
  kindOf,
  type MainChannel,
  parseBarsChannel,
} from "../protocol/stream/channels.ts";
import type { SnapshotModel } from "../server/http/snapshot.ts";
import * as rows from "../workers/testing/rows.ts";

export type Caps = Readonly<Record<MainChannel, number>>;

export const SYMBOLS = ["A", "B", "C"] as const;
/** Channels of bars that pages of a run may show; of the last nobody ever trades. */
export const BARS_SHOWN: readonly BarsChannel[] = [
  ...SYMBOLS.flatMap((symbol) => [barsChannel(symbol, "500ms"), barsChannel(symbol, "1m")]),
  barsChannel("NONE", "1s"),
];
/** Rows of each. */
export const BARS_CAP = 6;
/** Bars of all of them in a model, which evicts the oldest of any beyond. */
const BARS_COUNT = 40;
export const BARS_TRADED = BARS_SHOWN.slice(0, -1);

export function capOf(caps: Caps, channel: ChannelName): number {
  return isMainChannel(channel) ? caps[channel] : BARS_CAP;
}

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
    this.state = new Model({ log_id, caps, log_bytes: 4_096, bars: { cap: BARS_CAP, count: BARS_COUNT } });
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
  /** Every channel of bars that nothing is put in. */
  readonly #none: Window;
  readonly #key = new Key(1, new KeyHash(1, 1));
  #folded = 0;

  constructor(log_id: string, caps: Caps) {
    const counter = new SeqCounter();
    const folded = () => this.#folded;
    const make = (name: ChannelName) => makeWindow(name, capOf(caps, name), counter);
    this.#windows = new Map([...CHANNEL_NAMES, ...BARS_TRADED].map((name) => [name, make(name)]));
    this.#none = make(BARS_SHOWN.at(-1)!);
    this.state = {
      epoch: `e-${log_id}`,
      channels: new Map(CHANNEL_NAMES.map((name) => [name, this.#windows.get(name)!])),
      channel: (name) =>
        this.#windows.get(name as ChannelName) ?? (parseBarsChannel(name) === null ? null : this.#none),
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

type RowOf = (id: string, seq: number, n: number) => object;

/** Rows that views can show, with the number of their last entry in one field. */
const ROW: Readonly<Record<ChannelKind, RowOf>> = {
  "tx.main": (id, seq, n) => rows.tx({ id, seq, nonce: String(n) }),
  "pool.main": (id, seq, n) => rows.poolEvent({ id, seq, log_index: n }),
  "pool.state": (id, seq, n) => rows.pool({ id, seq, swaps: n }),
  "feature.main": (id, seq, n) => rows.feature({ id, seq, mev_score: n % 100 }),
  "feature.top": (id, seq, n) => rows.featureTop({ id, seq, count: n }),
  "opportunity.main": (id, seq, n) => rows.opportunity({ id, seq, opened_seq: n }),
  "chain.main": (id, seq, n) => rows.chain({ id, seq, reorgs: n }),
  "market.main": (id, seq, n) => rows.market({ id, seq, trades: n }),
  "market.bars": (id, seq, n) =>
    rows.bar(0, { id, seq, start_unix_ms: Number(id), trades: n, close: String(n) }),
};

function makeWindow(name: ChannelName, cap: number, counter: SeqCounter): Window {
  const isBars = !isMainChannel(name);
  const window: Window = new Window(
    {
      name,
      cap,
      keyWords: 1,
      recordBytes: 8,
      jsonBytes: 100,
      tombstones: TOMBSTONES,
      writeId: (id, keys, from) => id.ascii(isBars ? rows.bar(keys[from]!).id : `${name}:${keys[from]}`),
      writeRow: (row, slot, id, seq) =>
        row.value(ROW[kindOf(name)](id.toString(), seq, window.records.getNumber(slot, 0))),
    },
    counter,
  );
  return window;
}
