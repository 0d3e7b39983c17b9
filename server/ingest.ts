/** From the sources into the model: counts what comes, and writes the Tick that live sources lack. */
import type { Model } from "../model/model.ts";
import { SOURCE } from "../protocol/tlv/registry.ts";
import { typeName } from "../protocol/tlv/type-name.ts";
import { MessageView } from "../protocol/tlv/view.ts";
import type { Clock } from "./clock.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { Source } from "./sources/source.ts";
import { tickMessage } from "./tick.ts";

const SOURCE_NAMES = new Map<number, string>(Object.entries(SOURCE).map(([name, id]) => [id, name]));

export interface IngestOptions {
  readonly model: Pick<Model, "ingest">;
  readonly clock: Clock;
  /** The model folded something; called once after each burst of messages. */
  onChange(): void;
}

/** A source and what came of it. */
interface Feed {
  readonly source: Source;
  messages: number;
  isRunning: boolean;
}

export class Ingest {
  readonly #options: IngestOptions;
  readonly #view = new MessageView();
  /** Messages by header source * 256 + type of the first TLV. */
  readonly #counts = new Float64Array(256 * 256);
  readonly #feeds: Feed[] = [];
  #ticks = 0n;
  #announced = false;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Whether any source has handed anything over: the Ticks that are written for live ones are no state. */
  get isFed(): boolean {
    return this.#feeds.some(({ messages }) => messages > 0);
  }

  /** Each source that was run: what it handed over, and whether it goes on. */
  get feeds(): readonly Readonly<Feed>[] {
    return this.#feeds;
  }

  /** Called once. Resolves when all sources have ended; rejects as soon as one cannot begin or breaks. */
  async run(sources: readonly Source[]): Promise<void> {
    const stopTicks = sources.some(({ live }) => live) ? this.#tickEachSecond() : () => {};
    const runs = sources.map((source) => ({ live: source.live, ended: this.#feed(source) }));
    void Promise.allSettled(runs.filter(({ live }) => live).map(({ ended }) => ended)).then(stopTicks);
    await Promise.all(runs.map(({ ended }) => ended));
  }

  /** Counts by names; what has none in the registry is `other`, so that hostile input cannot grow the labels. */
  messages(): { source: string; type: string; count: number }[] {
    const byName = new Map<string, { source: string; type: string; count: number }>();
    for (const [key, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const source = SOURCE_NAMES.get(key >>> 8) ?? "other";
      const type = (key & 255) === 0 ? "none" : (typeName(key & 255) ?? "other");
      const row = byName.get(`${source} ${type}`);
      if (row === undefined) byName.set(`${source} ${type}`, { source, type, count });
      else row.count += count;
    }
    return [...byName.values()];
  }

  async #feed(source: Source): Promise<void> {
    const feed = { source, messages: 0, isRunning: true };
    this.#feeds.push(feed);
    try {
      await source.start((message) => {
        feed.messages++;
        this.#take(message);
      });
    } finally {
      feed.isRunning = false;
    }
  }

  #take(message: Uint8Array): void {
    const view = this.#view.attach(message).seek(0, message.length);
    const key = (view.source << 8) | (view.firstTlv() ? view.type : 0);
    this.#counts[key] = (this.#counts[key] as number) + 1;
    this.#options.model.ingest(view.seek(0, message.length));
    if (this.#announced) return;
    this.#announced = true;
    queueMicrotask(() => {
      this.#announced = false;
      this.#options.onChange();
    });
  }

  #tickEachSecond(): () => void {
    const { clock } = this.#options;
    let cancel = (): void => {};
    const tick = (): void => {
      const { unix_ms } = clock.now();
      this.#take(tickMessage(Math.floor(unix_ms), this.#ticks++));
      cancel = clock.after(SERVER_LIMITS.tick_interval_ms, tick);
    };
    tick();
    return () => cancel();
  }
}
