/** From a collector to a client: through the relay and the server, beside a bare pipe of the same bytes. */
import type { Socket } from "node:net";
import { join } from "node:path";
import { chainHead, hash, swap, transaction } from "../../model/testing/messages.ts";
import type { BenchRow } from "../harness.ts";
import { dialAsProducer, sleep, startMempulse, startServerProcess } from "./processes.ts";
import { type Arrived, readPipe, readStream } from "./readers.ts";
import { LatencyRows } from "./rows.ts";

const BLOCK_MS = 250;
const BLOCKS = 240;
const SWAPS_PER_BLOCK = 25;
const TRANSACTIONS_PER_BLOCK = 25;
const SINGLES = 600;
const SINGLE_MS = 50;

export const CLIENT_NOTE =
  "**Collector to client**: from a collector's write to a Unix socket until a client of stream-v2 has parsed the frame with " +
  "that swap. A channel is flushed at once when it was quiet, and every 100 ms while it changes, so swaps that trickle wait " +
  "for the next instant; a block comes whole. The bare pipe passes the same bytes from a Unix socket to a WebSocket, one " +
  "process, no relay, no state.";

/** One way from a collector's socket to a reader. */
interface Way {
  readonly name: string;
  readonly producer: Socket;
  close(): Promise<void>;
}

/** `folder`: for sockets. */
export async function measureToClient(folder: string): Promise<BenchRow[]> {
  const sent = new Map<number, number>();
  let latencies: number[] = [];
  const arrived: Arrived = (number) => {
    const at = sent.get(number);
    if (at === undefined) return;
    sent.delete(number);
    latencies.push(performance.now() - at);
  };
  const perBlock = SWAPS_PER_BLOCK + TRANSACTIONS_PER_BLOCK + 1;
  const blocks = new LatencyRows(`blocks of ${perBlock} messages every ${BLOCK_MS} ms`);
  const singles = new LatencyRows(`single swaps every ${SINGLE_MS} ms`);
  for (const open of [openPipe, openMempulse]) {
    const way = await open(folder, arrived);
    try {
      const feed = new Feed(way.producer, sent);
      await feed.blocks(20);
      for (const [rows, play] of [
        [blocks, () => feed.blocks(BLOCKS)],
        [singles, () => feed.singles(SINGLES)],
      ] as const) {
        latencies = [];
        await play();
        while (sent.size > 0) await sleep(5);
        rows.add(way.name, latencies);
      }
    } finally {
      await way.close();
    }
  }
  return [...blocks.rows, ...singles.rows];
}

async function openPipe(folder: string, arrived: Arrived): Promise<Way> {
  const path = join(folder, "pipe.sock");
  const server = startServerProcess();
  const { port } = await server.ask({ do: "pipe", path });
  const reader = await readPipe(port, arrived);
  const producer = await dialAsProducer(path);
  return {
    name: "bare pipe",
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
  const relay = await startMempulse(["relay", "--listen", `unix:${path}`]);
  const server = startServerProcess();
  const { port } = await server.ask({ do: "serve", relay: path });
  const producer = await dialAsProducer(path);
  producer.write(chainHead(0));
  const reader = await readStream(port, arrived);
  return {
    name: "mempulse",
    producer,
    async close() {
      reader.terminate();
      producer.destroy();
      await Promise.all([server.stop(), relay.stop()]);
    },
  };
}

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
