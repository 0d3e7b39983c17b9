/** From a collector to a client: through the relay and the server, beside a bare pipe of the same bytes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { quantile } from "../e2e/soak/quantiles.ts";
import { chainHead, hash, swap, transaction } from "../model/testing/messages.ts";
import { Child } from "./child.ts";
import type { BenchRow, BenchTable } from "./harness.ts";
import { type Arrived, readPipe, readStream } from "./latency/readers.ts";
import type { ServerOrder, ServerReport } from "./latency/server.ts";

const BLOCK_MS = 250;
const BLOCKS = 240;
const SWAPS_PER_BLOCK = 25;
const TRANSACTIONS_PER_BLOCK = 25;
const SINGLES = 600;
const SINGLE_MS = 50;
const MEMPULSE = resolve(import.meta.dirname, "..", "bin", "mempulse.mjs");

/** One way from a collector's socket to a reader. */
interface Way {
  readonly name: string;
  readonly producer: Socket;
  close(): Promise<void>;
}

export async function run(): Promise<BenchTable> {
  const folder = await mkdtemp(join(tmpdir(), "mempulse-latency-"));
  const sent = new Map<number, number>();
  let latencies: number[] = [];
  const arrived: Arrived = (number) => {
    const at = sent.get(number);
    if (at === undefined) return;
    sent.delete(number);
    latencies.push(performance.now() - at);
  };
  const rows: BenchRow[] = [];
  const bare = new Map<string, number>();
  try {
    for (const open of [openPipe, openMempulse]) {
      const way = await open(folder, arrived);
      try {
        const feed = new Feed(way.producer, sent);
        await feed.blocks(20);
        for (const [load, play] of [
          [
            `blocks of ${SWAPS_PER_BLOCK + TRANSACTIONS_PER_BLOCK + 1} messages every ${BLOCK_MS} ms`,
            () => feed.blocks(BLOCKS),
          ],
          [`single swaps every ${SINGLE_MS} ms`, () => feed.singles(SINGLES)],
        ] as const) {
          latencies = [];
          await play();
          while (sent.size > 0) await sleep(5);
          for (const [label, share] of [
            ["p50", 0.5],
            ["p95", 0.95],
            ["p99", 0.99],
          ] as const) {
            const value = quantile(latencies, share) ?? Number.NaN;
            const name = `${load}: ${way.name}, ${label}`;
            const key = `${load} ${label}`;
            const other = bare.get(key);
            if (other === undefined) bare.set(key, value);
            rows.push({
              case: name,
              value,
              unit: "ms",
              ...(other === undefined
                ? {}
                : { ratio: value / other, compared_with: `${load}: ${PIPE}, ${label}` }),
            });
          }
        }
      } finally {
        await way.close();
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    title: "Latency: collector to client",
    note:
      "From a collector's write to a Unix socket until a client of stream-v2 has parsed the frame with that swap, on one " +
      "machine: collector and client in one process, the relay (`mempulse relay`) and the server in one each. A channel " +
      "is flushed at once when it was quiet, and every 100 ms while it changes, so swaps that trickle wait for the next " +
      "instant; a block comes whole. The bare pipe passes the same bytes from a Unix socket to a WebSocket, one process, " +
      "no relay, no state.",
    rows,
  };
}

const PIPE = "bare pipe";

async function openPipe(folder: string, arrived: Arrived): Promise<Way> {
  const path = join(folder, "pipe.sock");
  const server = startProcess();
  const { port } = await server.ask({ do: "pipe", path });
  const reader = await readPipe(port, arrived);
  const producer = await dial(path);
  return {
    name: PIPE,
    producer,
    async close() {
      reader.terminate();
      producer.destroy();
      await server.stop();
    },
  };
}

async function openMempulse(folder: string, arrived: Arrived): Promise<Way> {
  const path = join(folder, "relay.sock");
  const relay = spawn(process.execPath, [MEMPULSE, "relay", "--listen", `unix:${path}`, "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(createInterface({ input: relay.stdout }), "line");
  const server = startProcess();
  const { port } = await server.ask({ do: "serve", relay: path });
  const producer = await dial(path);
  producer.write(chainHead(0));
  const reader = await readStream(port, arrived);
  return {
    name: "mempulse",
    producer,
    async close() {
      reader.terminate();
      producer.destroy();
      await Promise.all([server.stop(), end(relay)]);
    },
  };
}

function startProcess(): Child<ServerOrder, ServerReport> {
  return new Child(join(import.meta.dirname, "latency", "server.ts"));
}

async function dial(path: string): Promise<Socket> {
  const socket = connect({ path });
  await once(socket, "connect");
  // A relay says nothing to a producer that it must answer; what comes is not to pile up.
  socket.resume();
  return socket;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

/** Writes swaps, each with a number of its own that says when it was written. */
class Feed {
  readonly #socket: Socket;
  readonly #sent: Map<number, number>;
  #swaps = 0;
  #block = 1;

  constructor(socket: Socket, sent: Map<number, number>) {
    this.#socket = socket;
    this.#sent = sent;
  }

  async blocks(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const block = this.#block++;
      const parts: Uint8Array[] = [];
      for (let tx = 0; tx < TRANSACTIONS_PER_BLOCK; tx++) {
        parts.push(transaction(block * 1_000 + tx, {}, null, { ms: Date.now() }));
      }
      for (let each = 0; each < SWAPS_PER_BLOCK; each++) parts.push(this.#swap(block, each));
      parts.push(chainHead(block, {}, { ms: Date.now() }));
      this.#socket.write(Buffer.concat(parts));
      await sleep(BLOCK_MS);
    }
  }

  async singles(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      this.#socket.write(this.#swap(this.#block++, 0));
      await sleep(SINGLE_MS);
    }
  }

  #swap(block: number, index: number): Uint8Array {
    const number = ++this.#swaps;
    this.#sent.set(number, performance.now());
    const at = {
      block_hash: hash(block),
      block_number: BigInt(block),
      tx_hash: hash(number),
      log_index: index,
    };
    return swap({ amount_in: BigInt(number) }, at, { ms: Date.now() });
  }
}
