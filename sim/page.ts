/** What the page does with the worker's frames: paints them, in time or not, and is loaded anew when the worker gives up. */
import { isChannelName } from "../protocol/stream/channels.ts";
import { LIMITS } from "../protocol/stream/limits.ts";
import type {
  Frame,
  FrameAck,
  MemoryReport,
  SeriesBar,
  SeriesFrame,
  StreamStatus,
  ViewFrame,
} from "../workers/api.ts";
import { MEMORY_LIMITS } from "../workers/limits.ts";
import type { Runtime } from "../workers/shell/runtime.ts";
import type { Clock } from "./clock.ts";
import { type Caps, capOf } from "./log.ts";
import type { Trace } from "./trace.ts";
import { demand } from "./violation.ts";

interface Surroundings {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly caps: Caps;
  /** The client may come to give up. */
  readonly mayFail: boolean;
}

export const COMMIT_MS = 4;
/** A row's text, at most. */
const ROW_BYTES = 2_000;
/** The user's patience with a page that says that it gave up. */
const RELOAD_MS = 3_000;

export class Page {
  /** Time that it takes to commit a frame. */
  commit_ms = COMMIT_MS;
  /** It paints, and does not say so. */
  isMute = false;
  readonly #name: string;
  readonly #world: Surroundings;
  readonly #whenAwake: (run: () => void) => void;
  readonly #reload: () => void;
  /** Acknowledgements that a mute page owes. */
  #owed: (() => void)[] = [];
  /** What it shows, by view. */
  readonly screen = new Map<string, ViewFrame>();
  /** The bars that it has drawn, by series and start. */
  readonly charts = new Map<string, Map<number, SeriesBar>>();
  #worker: Runtime | null = null;
  /** The frame that it paints, or owes an acknowledgement for. */
  #outstanding: number | null = null;
  #state = "none";

  constructor(name: string, world: Surroundings, whenAwake: (run: () => void) => void, reload: () => void) {
    this.#name = name;
    this.#world = world;
    this.#whenAwake = whenAwake;
    this.#reload = reload;
  }

  /** The page's end of a worker's port. */
  attach(worker: Runtime): MessagePort {
    const { clock, trace } = this.#world;
    this.#worker = worker;
    this.#state = "none";
    this.#owed = [];
    this.screen.clear();
    this.charts.clear();
    this.#outstanding = null;
    const port = {
      onmessage: null as ((event: { data: FrameAck }) => void) | null,
      postMessage: ({ frame, status, views, series }: Frame) => {
        demand(
          this.#outstanding === null,
          `${this.#name} got frame ${frame}, ${this.#outstanding} is not painted`,
        );
        this.#outstanding = frame;
        this.look(status);
        for (const view of views) this.screen.set(view.view, view);
        for (const each of series) this.#draw(each);
        const { commit_ms } = this;
        const acknowledge = () =>
          this.#whenAwake(() => {
            if (this.#worker !== worker) return;
            trace.note(`${this.#name} painted ${frame}`);
            this.#outstanding = null;
            port.onmessage?.({ data: { frame, commit_ms, painted_ms: clock.ms } });
          });
        clock.after(commit_ms, () => {
          if (this.isMute) this.#owed.push(acknowledge);
          else acknowledge();
        });
      },
      close: () => {},
    };
    return port as unknown as MessagePort;
  }

  #draw({ series, whole, bars, gone }: SeriesFrame): void {
    const drawn = (whole ? undefined : this.charts.get(series)) ?? new Map<number, SeriesBar>();
    for (const start of gone)
      demand(drawn.delete(start), `${this.#name} ${series}: no bar ${start} was drawn`);
    for (const bar of bars) drawn.set(bar.start_unix_ms, bar);
    this.charts.set(series, drawn);
  }

  speak(): void {
    this.isMute = false;
    for (const acknowledge of this.#owed.splice(0)) acknowledge();
  }

  /** What the worker says of the stream, and the bounds that it must keep. */
  look({ connection, channels }: StreamStatus): void {
    const { state } = connection;
    const reason = "reason" in connection ? connection.reason : "";
    const { caps, clock, trace } = this.#world;
    for (const [name, { count, credit }] of Object.entries(channels)) {
      if (!isChannelName(name)) continue;
      const cap = capOf(caps, name);
      demand(count <= 2 * cap, `${this.#name} holds ${count} rows of ${name}, whose cap is ${cap}`);
      demand(
        credit >= 0 && credit <= LIMITS.max_credit,
        `${this.#name} thinks that ${name} has credit ${credit}`,
      );
    }
    checkMemory(this.#worker!.memory());
    if (state === this.#state) return;
    trace.count(`state ${state}`);
    trace.count(`transition ${this.#state} to ${state}`);
    trace.note(`${this.#name} is ${state}`);
    this.#state = state;
    if (state !== "failed") return;
    demand(this.#world.mayFail, `${this.#name} gave up: ${reason}`);
    const worker = this.#worker;
    clock.after(RELOAD_MS, () => {
      if (this.#worker === worker && this.#state === "failed") this.#reload();
    });
  }
}

/** Within the budget, but for what is always held of the channels that are shown, and by the views of a cut one. */
function checkMemory({ held_bytes, budget_bytes, views_bytes, channels }: MemoryReport): void {
  if (held_bytes <= budget_bytes) return;
  let always = views_bytes;
  for (const { rows } of Object.values(channels)) {
    const { row_overhead_bytes, kept_one_in_count } = MEMORY_LIMITS;
    always += rows * row_overhead_bytes + Math.ceil(rows / kept_one_in_count) * ROW_BYTES;
  }
  demand(held_bytes <= budget_bytes + always, `B8 a worker holds ${held_bytes} of ${budget_bytes} bytes`);
}
