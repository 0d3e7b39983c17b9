/** One channel of bars for a chart: what changed of it since the last frame, as numbers. */
import type { Row } from "../../protocol/stream/messages.ts";
import type { SeriesBar, SeriesFrame, SeriesSpec } from "../api.ts";
import type { Store } from "../store/store.ts";

const FIGURES = ["open", "high", "low", "close", "volume"] as const;

export class Series {
  readonly name: string;
  readonly spec: SeriesSpec;
  #store: Store;
  #version = 0;
  #windows = 0;
  /** Seqs of the bars that the page has, by id. */
  #sent: ReadonlyMap<string, number> = new Map();
  #holes: readonly number[] = [];

  constructor(name: string, spec: SeriesSpec, store: Store) {
    this.name = name;
    this.spec = spec;
    this.#store = store;
  }

  /** The store's present state against what the page has; null when they are equal, or no window has come yet. */
  compose(): SeriesFrame | null {
    const store = this.#store;
    if (store.windows === 0 || store.version === this.#version) return null;
    const whole = store.windows !== this.#windows;
    const before = whole ? new Map<string, number>() : this.#sent;
    const sent = new Map<string, number>();
    const bars: SeriesBar[] = [];
    const holes: number[] = [];
    for (const { id, seq } of store.keys()) {
      const isSent = before.get(id) === seq;
      const bar = isSent ? null : barOf(store.get(id));
      if (bar !== null) bars.push(bar);
      if (isSent || bar !== null) sent.set(id, seq);
      else holes.push(Number(id));
    }
    const gone = [...before.keys()].filter((id) => !sent.has(id)).map(Number);
    holes.sort(ascending);
    const isSame = !whole && bars.length === 0 && gone.length === 0 && equal(holes, this.#holes);
    this.#version = store.version;
    this.#windows = store.windows;
    this.#sent = sent;
    this.#holes = holes;
    if (isSame) return null;
    bars.sort((a, b) => a.start_unix_ms - b.start_unix_ms);
    const { channel } = this.spec;
    return { series: this.name, channel, whole, bars, gone: gone.toSorted(ascending), holes };
  }
}

/** null: its body was shed, or it is not as the schema says. */
function barOf(row: Row | null): SeriesBar | null {
  if (row === null) return null;
  const { start_unix_ms, final, ...texts } = row as Row & Record<string, unknown>;
  const [open, high, low, close, volume] = FIGURES.map((figure) => numberOf(texts[figure]));
  const bar = { start_unix_ms, open, high, low, close, volume, final: final === true };
  const isWhole = [start_unix_ms, open, high, low, close, volume].every(Number.isFinite);
  return isWhole ? (bar as SeriesBar) : null;
}

function numberOf(text: unknown): number {
  return typeof text === "string" && text !== "" ? Number(text) : Number.NaN;
}

function ascending(a: number, b: number): number {
  return a - b;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}
