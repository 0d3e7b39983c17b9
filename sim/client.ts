/** One browser tab: the real worker, its line to the servers, and a page that paints, hides, freezes and is reloaded. */
import type { LossReport, SeriesSpec, StreamCounters, ViewRange, ViewSpec } from "../workers/api.ts";
import type { Answer, Environment } from "../workers/shell/environment.ts";
import { Runtime } from "../workers/shell/runtime.ts";
import type { Random } from "../workers/testing/random.ts";
import type { Served } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { Host } from "./host.ts";
import { Http } from "./http.ts";
import { Connection, type Line, NO_FRAME_FAULTS } from "./link.ts";
import type { Caps } from "./log.ts";
import { Page } from "./page.ts";
import type { Conduct } from "./scenario.ts";
import type { Trace } from "./trace.ts";
import { demand } from "./violation.ts";

export interface ClientWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly caps: Caps;
  /** What each worker may hold. */
  readonly budget_bytes: number;
  /** What may be asked of it, for what befalls it. */
  readonly conduct: Conduct;
  /** A server that a new connection or request lands at; null where none is up. */
  anyHost(): Host | null;
}

interface OpenView {
  readonly spec: ViewSpec;
  readonly range: ViewRange;
  readonly follows: boolean;
}

const FRAME_RATE_HZ = 20;
const HIDDEN_LOOK_MS = 10_000;
const ABNORMAL = 1006;

export class Client {
  readonly line: Line;
  readonly http: Http;
  readonly page: Page;
  readonly served: Served;
  /** Snapshots that it asked for, and details that it was not answered yet. */
  snapshots = 0;
  openDetails = 0;
  /** Views that are open, by name. */
  readonly views = new Map<string, OpenView>();
  readonly series = new Map<string, SeriesSpec>();
  /** Times that it opened a view or a series, each of which may have asked for a channel that was not followed. */
  opened = 0;
  isHidden = false;
  readonly #world: ClientWorld;
  /** Those before the last were killed by a reload. */
  readonly #workers: Runtime[] = [];
  /** What waits for a tab that is frozen; null while it is awake. */
  #frozen: (() => void)[] | null = null;
  /** When its machine was suspended, if it is: then its clock stands still. */
  #suspended_ms: number | null = null;
  /** Time that its clock has missed. */
  #missed_ms = 0;
  #connection: Connection | null = null;

  constructor(name: string, world: ClientWorld) {
    this.#world = world;
    const { neverCodes, mostCredit } = world.conduct;
    this.served = { omitted: new Map(), neverCodes, mostCredit };
    this.line = {
      name,
      faults: NO_FRAME_FAULTS,
      latency_ms: 5,
      bytes_per_s: Number.POSITIVE_INFINITY,
      isHeld: false,
    };
    this.http = new Http(this.line, world.clock, world.random, world.trace);
    this.page = new Page(
      name,
      { ...world, mayFail: world.conduct.mayFail },
      (run) => this.#whenAwake(run),
      () => this.reload(),
    );
  }

  get worker(): Runtime {
    return this.#workers.at(-1)!;
  }

  get connection(): Connection | null {
    return this.#connection;
  }

  get reloads(): number {
    return this.#workers.length - 1;
  }

  /** Of all its workers. */
  get counters(): StreamCounters {
    const { ...sum } = this.worker.counters();
    for (const before of this.#workers.slice(0, -1)) {
      for (const [name, count] of Object.entries(before.counters()))
        sum[name as keyof StreamCounters] += count;
    }
    return sum;
  }

  get losses(): LossReport["totals"][] {
    return this.#workers.map((worker) => worker.losses().totals);
  }

  start(): void {
    const { budget_bytes } = this.#world;
    const worker: Runtime = new Runtime(
      this.#environment(() => this.worker === worker),
      budget_bytes,
    );
    this.#workers.push(worker);
    this.views.clear();
    this.series.clear();
    this.openDetails = 0;
    worker.setHidden(this.isHidden);
    worker.start({ server: "http://sim", frame_rate_hz: FRAME_RATE_HZ }, this.page.attach(worker));
  }

  /** The user loads the page anew: worker and socket are gone at once. */
  reload(): void {
    this.#world.trace.note(`${this.line.name} reloads`);
    this.#world.trace.count("client reloads");
    this.#connection?.socket.close();
    this.start();
  }

  openView(name: string, view: OpenView): void {
    if (!this.#mayOpen(() => this.worker.openView(name, view.spec))) return;
    this.views.set(name, view);
    this.worker.setRange(name, view.range);
    this.worker.setFollow(name, view.follows);
  }

  openSeries(name: string, spec: SeriesSpec): void {
    if (!this.#mayOpen(() => this.worker.openSeries(name, spec))) return;
    this.series.set(name, spec);
    this.page.charts.delete(name);
  }

  closeSeries(name: string): void {
    this.series.delete(name);
    this.page.charts.delete(name);
    this.worker.closeSeries(name);
  }

  /** `false`: the worker refuses to show so many channels of bars. */
  #mayOpen(open: () => void): boolean {
    try {
      open();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#world.trace.count("client views refused");
      return false;
    }
    this.opened++;
    return true;
  }

  closeView(name: string): void {
    this.views.delete(name);
    this.page.screen.delete(name);
    this.worker.closeView(name);
  }

  openDetail(hash: string): void {
    this.openDetails++;
    // It may have kept one.
    this.#world.clock.promised();
    const { worker } = this;
    void worker.transaction(hash).then(() => {
      if (this.worker === worker) this.openDetails--;
    });
  }

  freeze(isSuspended: boolean): void {
    this.#frozen ??= [];
    if (isSuspended) this.#suspended_ms ??= this.#world.clock.ms;
  }

  /** What it missed comes one after the other, as it would have. */
  thaw(): void {
    const missed = this.#frozen ?? [];
    this.#frozen = null;
    this.#missed_ms = this.#world.clock.ms - this.#now();
    this.#suspended_ms = null;
    for (const run of missed) this.#world.clock.after(0, () => this.#whenAwake(run));
  }

  hide(hidden: boolean): void {
    this.isHidden = hidden;
    // What it is when the tab wakes counts: what was missed comes after what happens at once.
    this.#whenAwake(() => this.worker.setHidden(this.isHidden));
    if (hidden) this.#askWhileHidden();
  }

  /** A hidden page gets no frames, and asks now and then instead. */
  #askWhileHidden(): void {
    if (!this.isHidden) return;
    this.#whenAwake(() => {
      const status = this.worker.status();
      if (status !== null) this.page.look(status);
    });
    this.#world.clock.after(HIDDEN_LOOK_MS, () => this.#askWhileHidden());
  }

  /** By its own clock. */
  #now(): number {
    return (this.#suspended_ms ?? this.#world.clock.ms) - this.#missed_ms;
  }

  #whenAwake(run: () => void): void {
    if (this.#frozen === null) run();
    else this.#frozen.push(run);
  }

  /** The worker's surroundings, for as long as it is the tab's. */
  #environment(isAlive: () => boolean): Environment {
    const { clock, random } = this.#world;
    const enter = (run: () => void) => this.#whenAwake(() => isAlive() && run());
    const flights = { snapshots: 0 };
    return {
      now: () => this.#now(),
      after: (delay_ms, call) => {
        let isWanted = true;
        const cancel = clock.after(delay_ms, () => enter(() => isWanted && call()));
        return () => {
          isWanted = false;
          cancel();
        };
      },
      seed: () => random.below(2 ** 32),
      get: (url, signal) => this.#get(url, signal, enter, flights),
      open: (_, handlers) => this.#open(handlers, enter),
    };
  }

  #get(
    url: string,
    signal: AbortSignal,
    enter: (run: () => void) => void,
    flights: { snapshots: number },
  ): Promise<Answer> {
    const isSnapshot = url.includes("/dashboard/snapshot-v2");
    if (isSnapshot) {
      this.snapshots++;
      flights.snapshots++;
      demand(flights.snapshots === 1, `B9 ${this.line.name} asks for two snapshots at once`);
    }
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = (run: () => void) => {
        if (isSettled) return;
        isSettled = true;
        if (isSnapshot) flights.snapshots--;
        this.#world.clock.promised();
        run();
      };
      signal.addEventListener("abort", () => settle(() => reject(new Error("aborted"))));
      this.http.get(url, this.#world.anyHost, (answer) =>
        enter(() => settle(() => (answer instanceof Error ? reject(answer) : resolve(answer)))),
      );
    });
  }

  #open(
    handlers: Parameters<Environment["open"]>[1],
    enter: (run: () => void) => void,
  ): ReturnType<Environment["open"]> {
    const { clock, trace } = this.#world;
    let isWanted = true;
    let connection: Connection | null = null;
    clock.after(this.line.latency_ms, () => {
      if (!isWanted) return;
      const host = this.#world.anyHost();
      if (host === null) {
        trace.note(`${this.line.name} is refused`);
        enter(() => isWanted && handlers.onClosed(ABNORMAL, ""));
        return;
      }
      connection = new Connection(this.line, handlers, enter, host.watch(this.served), this.#world);
      this.#connection = connection;
      host.accept(connection);
    });
    return {
      send: (text) => connection?.socket.send(text),
      close: () => {
        isWanted = false;
        connection?.socket.close();
      },
    };
  }
}
