/** The server's process: a whole mempulse whose source hands over as much as it takes. Runs with --expose-gc. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
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
  /** Processor time that the main thread took. */
  readonly thread_s: number;
  /** Reachable at the end, by purpose of Node: heap and buffers. */
  readonly heap_bytes: number;
}

/** So that sockets and flushes have their turn as often as with a replay. */
const SLICE_MS = 4;
const MESSAGES_PER_LOOK = 256;
/** A thread does not inherit what reads TypeScript. */
const SUPPLY =
  `import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))})` +
  `.then(({ tsImport }) => tsImport("./supply.ts", ${JSON.stringify(import.meta.url)}))`;
/** Laps made ahead. */
const LAPS_AHEAD = 3;

/** Laps, one after the other, as fast as they are folded; waits while nobody runs it. */
class FlatOut implements Source {
  readonly name = "flat out";
  readonly live = false;
  readonly #supply = new Worker(SUPPLY, { eval: true });
  readonly #laps: Uint8Array[] = [];
  #bounds: Bounds = { starts: new Float64Array(0), ends: new Float64Array(0) };
  #until = 0;
  #stopped = false;
  messages = 0;

  async start(sink: (message: Uint8Array) => void): Promise<void> {
    [this.#bounds] = (await once(this.#supply, "message")) as [Bounds];
    this.#supply.on("message", (lap: Uint8Array) => this.#laps.push(lap));
    for (let lap = 0; lap < LAPS_AHEAD; lap++) this.#supply.postMessage("more", []);
    while (!this.#stopped) {
      const bytes = this.#laps.shift();
      if (bytes === undefined) {
        await turn();
        continue;
      }
      this.#supply.postMessage("more", []);
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
    await this.#supply.terminate();
  }

  faultCounts(): Record<string, number> {
    return {};
  }
}

/** By the kernel's count of the process's first thread. */
function threadSeconds(): number {
  const [ns = ""] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(ns) / 1e9;
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
  const began = threadSeconds();
  if (order.do === "run") await source.run(order.ms);
  const thread_s = threadSeconds() - began;
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return {
    port: Number(new URL(server.url).port),
    messages: source.messages - before,
    thread_s,
    heap_bytes: heapUsed + external,
  };
}

// Without its parent nobody asks it for anything.
process.on("disconnect", () => process.exit());
process.on("message", (order: ServerOrder) => {
  void obey(order).then((report) => process.send?.(report));
});
