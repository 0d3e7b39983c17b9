/** The server's process: a whole mempulse whose source hands over as much as it takes. Runs with --expose-gc. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { type RunningServer, startServer } from "../../server/server.ts";
import type { Source } from "../../server/sources/source.ts";
import type { Bounds } from "./supply.ts";

export type ServerOrder =
  | { readonly do: "listen" }
  /** Folds for so long. */
  | { readonly do: "run"; readonly ms: number };
export interface ServerReport {
  readonly port: number;
  /** Folded meanwhile. */
  readonly messages: number;
  /** Share of the time that the main thread was at work. */
  readonly busy: number;
  /** Reachable at the end, by purpose of Node: heap and buffers. */
  readonly heap_bytes: number;
}

/** So that sockets and flushes have their turn as often as with a replay. */
const SLICE_MS = 4;
const MESSAGES_PER_LOOK = 256;
/** Laps made ahead. */
const LAPS_AHEAD = 3;

/** Laps, one after the other, as fast as they are folded; waits while nobody runs it. */
class FlatOut implements Source {
  readonly name = "flat out";
  readonly live = false;
  readonly #supply = fork(join(import.meta.dirname, "supply.ts"), {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
  });
  readonly #laps: Uint8Array[] = [];
  #bounds: Bounds = { starts: new Float64Array(0), ends: new Float64Array(0) };
  #until = 0;
  #stopped = false;
  messages = 0;

  async start(sink: (message: Uint8Array) => void): Promise<void> {
    [this.#bounds] = (await once(this.#supply, "message")) as [Bounds];
    this.#supply.on("message", (lap: Uint8Array) => this.#laps.push(lap));
    for (let lap = 0; lap < LAPS_AHEAD; lap++) this.#supply.send("more");
    while (!this.#stopped) {
      const bytes = this.#laps.shift();
      if (bytes === undefined) {
        await turn();
        continue;
      }
      this.#supply.send("more");
      await this.#play(bytes, sink);
    }
  }

  async #play(bytes: Uint8Array, sink: (message: Uint8Array) => void): Promise<void> {
    const { starts, ends } = this.#bounds;
    let sliceEnd = performance.now() + SLICE_MS;
    for (let index = 0; index < starts.length && !this.#stopped; index++) {
      if (index % MESSAGES_PER_LOOK === 0 && performance.now() >= Math.min(sliceEnd, this.#until)) {
        do await turn();
        while (performance.now() >= this.#until && !this.#stopped);
        sliceEnd = performance.now() + SLICE_MS;
      }
      sink(bytes.subarray(starts[index], ends[index]));
      this.messages++;
    }
  }

  /** Hands over for so long from now on. */
  async run(ms: number): Promise<void> {
    this.#until = performance.now() + ms;
    while (performance.now() < this.#until) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#supply.kill();
  }

  faultCounts(): Record<string, number> {
    return {};
  }
}

const source = new FlatOut();
let server: RunningServer | null = null;

async function obey(order: ServerOrder): Promise<ServerReport> {
  server ??= await startServer({
    port: 0,
    sources: [source],
    pageDirectory: join(import.meta.dirname, "nothing"),
    log: () => {},
  });
  const before = source.messages;
  const idle = performance.eventLoopUtilization();
  if (order.do === "run") await source.run(order.ms);
  const { utilization } = performance.eventLoopUtilization(idle);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return {
    port: Number(new URL(server.url).port),
    messages: source.messages - before,
    busy: utilization,
    heap_bytes: heapUsed + external,
  };
}

// Without its parent nobody asks it for anything.
process.on("disconnect", () => process.exit());
process.on("message", (order: ServerOrder) => {
  void obey(order).then((report) => process.send?.(report));
});
