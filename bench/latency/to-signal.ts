/** From a block to the signal of what it opens: through both relays and the server, beside a bare pipe of the same blocks. */
import type { Socket } from "node:net";
import { join } from "node:path";
import { CHANNELS } from "../../protocol/stream/channels.ts";
import type { Snapshot } from "../../protocol/stream/messages.ts";
import { Child } from "../child.ts";
import { LapLog } from "../fold-log.ts";
import type { BenchRow } from "../harness.ts";
import type { DashboardsOrder, DashboardsReport } from "../sustained/dashboards.ts";
import { BLOCK_NOTE, Blocks, type OpeningBlock } from "./blocks.ts";
import { dialAsProducer, sleep, startMempulse, startServerProcess } from "./processes.ts";
import { readHeads, readSignals } from "./readers.ts";
import { LatencyRows } from "./rows.ts";

const BLOCK_MS = 250;
const WARM_UP_BLOCKS = 40;
const BLOCKS = 240;
/** Of the fold's log, until all windows are full that it fills. */
const LAPS = 6;
const DASHBOARDS = 4;
/** A block or a signal that has not come by then is missing. */
const PATIENCE_MS = 10_000;
/** Longer than a relay takes to see in a silent connection a consumer. */
const JOIN_MS = 500;

export const SIGNAL_NOTE =
  "**ChainHead to signal**: from the write of a block, its ChainHead at its end, to the market data's relay until a consumer " +
  "of the signal relay has the ArbitrageSignal of what the block opened; between them `mempulse serve --source --signals`, " +
  `which has folded ${LAPS} laps of the fold's log. A block each ${BLOCK_MS} ms: ${BLOCK_NOTE}. ${BLOCKS} blocks, each with ` +
  `one signal that is waited for; a missing one fails the benchmark. The same with ${DASHBOARDS} dashboards on all channels. ` +
  "The bare pipe passes the same blocks from one Unix socket to another, in one process between writer and reader.";

/** `folder`: for sockets. */
export async function measureToSignal(folder: string): Promise<BenchRow[]> {
  const rows = new LatencyRows("ChainHead to signal");
  rows.add("bare pipe", await throughPipe(folder));
  const { alone, watched } = await throughMempulse(folder);
  rows.add("mempulse", alone);
  rows.add(`mempulse with ${DASHBOARDS} dashboards`, watched);
  return rows.rows;
}

async function throughPipe(folder: string): Promise<number[]> {
  const [from, to] = [join(folder, "from.sock"), join(folder, "to.sock")];
  const pipe = startServerProcess();
  try {
    await pipe.ask({ do: "pass", from, to });
    const spell = new Spell(await dialAsProducer(from), new Blocks(), ({ number }) => String(number));
    const reader = await readHeads(to, (block) => spell.arrived(String(block)));
    const latencies = await spell.measure();
    reader.destroy();
    spell.producer.destroy();
    return latencies;
  } finally {
    await pipe.stop();
  }
}

async function throughMempulse(folder: string): Promise<{ alone: number[]; watched: number[] }> {
  const [market, signals] = [join(folder, "market.sock"), join(folder, "signal.sock")];
  const addresses = ["--listen", `unix:${market}`, "--listen", `signal=unix:${signals}`];
  const relays = await startMempulse(["relay", ...addresses]);
  const route = ["--source", `unix:${market}`, "--signals", `unix:${signals}`];
  const server = await startMempulse(["serve", ...route, "--port", "0"]);
  const dashboards = new Child<DashboardsOrder, DashboardsReport>(
    join(import.meta.dirname, "..", "sustained", "dashboards.ts"),
  );
  try {
    const { url } = JSON.parse(server.said) as { url: string };
    const blocks = new Blocks();
    const spell = new Spell(await dialAsProducer(market), blocks, ({ opens }) => opens);
    await fill(spell.producer, url, blocks);
    const reader = await readSignals(signals, (way) => spell.arrived(way));
    await sleep(JOIN_MS);
    const alone = await spell.measure();
    await dashboards.ask({ do: "connect", port: Number(new URL(url).port), count: DASHBOARDS });
    const watched = await spell.measure();
    const { open } = await dashboards.ask({ do: "count" });
    if (open !== DASHBOARDS) throw new Error(`${DASHBOARDS - open} dashboards were cut off`);
    reader.destroy();
    spell.producer.destroy();
    return { alone, watched };
  } finally {
    await Promise.all([dashboards.stop(), server.stop(), relays.stop()]);
  }
}

/** Windows full, and all pools of the pairs worth the same. */
async function fill(producer: Socket, url: string, blocks: Blocks): Promise<void> {
  const log = new LapLog();
  for (let lap = 0; lap < LAPS; lap++) {
    if (lap > 0) log.next();
    // The relay's ring has room for a lap; a server that is behind by more would be cut.
    await new Promise<void>((written) => void producer.write(Uint8Array.from(log.bytes), () => written()));
    await folded(url, log.lastBlock);
  }
  const settling = blocks.settling();
  producer.write(settling.bytes);
  await folded(url, settling.number);
  for (const channel of ["tx.main", "pool.main"] as const) {
    const { upsert } = (await snapshot(url, channel)).channels[channel] ?? { upsert: [] };
    const { cap } = CHANNELS[channel];
    if (upsert.length !== cap) throw new Error(`${channel} has ${upsert.length} rows of ${cap}`);
  }
}

/** Waits until the chain's head is that block. */
async function folded(url: string, block: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let head: string | null = null;
  while (performance.now() < deadline) {
    const rows = (await snapshot(url, "chain.main")).channels["chain.main"]?.upsert ?? [];
    head = (rows[0] as { head_block: string | null } | undefined)?.head_block ?? null;
    if (head === String(block)) return;
    await sleep(20);
  }
  throw new Error(`block ${block} was not folded in ${PATIENCE_MS} ms; the head is ${head}`);
}

/** Empty until the server's source has handed something over. */
async function snapshot(url: string, channel: string): Promise<Pick<Snapshot, "channels">> {
  const answer = await fetch(`${url}/dashboard/snapshot-v2?channels=${channel}`);
  const body = await answer.text();
  return answer.ok ? (JSON.parse(body) as Snapshot) : { channels: {} };
}

/** Writes blocks, and takes the time until what each is to bring has come. */
class Spell {
  readonly producer: Socket;
  readonly #blocks: Blocks;
  /** What is to come of a block, by name. */
  readonly #bringing: (block: OpeningBlock) => string;
  /** When what is to come was written. */
  readonly #awaited = new Map<string, number>();
  /** What came and nobody waits for. */
  readonly #strays: string[] = [];
  #latencies: number[] = [];

  constructor(producer: Socket, blocks: Blocks, bringing: (block: OpeningBlock) => string) {
    this.producer = producer;
    this.#blocks = blocks;
    this.#bringing = bringing;
  }

  arrived(name: string): void {
    const at = this.#awaited.get(name);
    if (at === undefined) this.#strays.push(name);
    else this.#latencies.push(performance.now() - at);
    this.#awaited.delete(name);
  }

  /** Latencies of BLOCKS blocks, ms. Throws where something is missing, or came that should not. */
  async measure(): Promise<number[]> {
    await this.#play(WARM_UP_BLOCKS);
    await this.#play(BLOCKS);
    return this.#latencies;
  }

  async #play(count: number): Promise<void> {
    this.#latencies = [];
    for (let n = 0; n < count; n++) {
      const block = this.#blocks.next();
      this.#awaited.set(this.#bringing(block), performance.now());
      this.producer.write(block.bytes);
      await sleep(BLOCK_MS);
    }
    const deadline = performance.now() + PATIENCE_MS;
    while (this.#latencies.length < count && performance.now() < deadline) await sleep(5);
    const missing = count - this.#latencies.length;
    if (missing > 0) {
      throw new Error(`${missing} of ${count} have not come: ${[...this.#awaited.keys()].join(", ")}`);
    }
  }
}
