/** A client beside the page, which asks the server for snapshots and transactions and measures how long it waits. */
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

/** A measurement and when it ended, in seconds since the soak began. */
export interface Timed {
  at_s: number;
  ms: number;
}

const SNAPSHOT_INTERVAL_MS = 5_000;
const TRANSACTION_INTERVAL_MS = 1_000;
/** Snapshots and transactions keep out of each other's way, and of the readings at whole intervals. */
const SNAPSHOT_PHASE_MS = 2_500;
const TRANSACTION_PHASE_MS = 250;
const TIMEOUT_MS = 30_000;
/** As a browser asks. */
const HEADERS = { "accept-encoding": "gzip, deflate, br" };
const HASH_FIELD = '"hash":"';
const HASH_LENGTH = 66;

export class Client {
  readonly snapshots: Timed[] = [];
  readonly transactions: Timed[] = [];
  /** Requests that were not answered, or with an error. */
  failed = 0;
  #server: string;
  #agent = new Agent({ keepAlive: true, maxSockets: 2 });
  #stop = new AbortController();
  #ended: Promise<unknown>;
  /** Of transactions that the last snapshot held. */
  #hashes: string[] = [];
  #random: () => number;

  /** Begins at once; `clock` tells the seconds since the soak began. */
  constructor(server: string, clock: () => number, random: () => number) {
    this.#server = server;
    this.#random = random;
    const began = performance.now();
    this.#ended = Promise.all([
      this.#every(began + SNAPSHOT_PHASE_MS, SNAPSHOT_INTERVAL_MS, async () => {
        const { ms, body } = await this.#get("/dashboard/snapshot-v2");
        this.snapshots.push({ at_s: clock(), ms });
        this.#hashes = this.#pickHashes(body);
      }),
      this.#every(began + TRANSACTION_PHASE_MS, TRANSACTION_INTERVAL_MS, async () => {
        const hash = this.#hashes.pop();
        if (hash === undefined) return;
        const { ms, status } = await this.#get(`/transactions/${hash}`);
        // The oldest leave between the snapshot and the question.
        if (status === 200) this.transactions.push({ at_s: clock(), ms });
      }),
    ]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    this.#agent.destroy();
  }

  async #every(first_ms: number, interval_ms: number, ask: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    for (let due = first_ms; ; due = Math.max(due + interval_ms, performance.now())) {
      await sleep(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await ask().catch(() => this.failed++);
    }
  }

  /** To the last byte of the body. Rejects on an error of the server. */
  #get(path: string): Promise<{ status: number; body: Buffer; ms: number }> {
    return new Promise((resolve, reject) => {
      const began = performance.now();
      const options = { agent: this.#agent, headers: HEADERS, timeout: TIMEOUT_MS };
      const request = get(this.#server + path, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const ms = performance.now() - began;
          const { statusCode: status = 0, headers } = response;
          const bytes = Buffer.concat(chunks);
          const body = headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
          if (status >= 500) reject(new Error(`${path}: ${status}`));
          else resolve({ status, body, ms });
        });
      });
      request.once("timeout", () => request.destroy(new Error(`${path}: no answer in ${TIMEOUT_MS} ms`)));
      request.once("error", reject);
    });
  }

  /** As many as are asked for until the next snapshot, from anywhere in it; found by the field, for parsing it all costs more. */
  #pickHashes(snapshot: Buffer): string[] {
    const hashes: string[] = [];
    for (let wanted = SNAPSHOT_INTERVAL_MS / TRANSACTION_INTERVAL_MS; wanted > 0; wanted--) {
      const at = snapshot.indexOf(HASH_FIELD, Math.floor(this.#random() * snapshot.length));
      if (at === -1) continue;
      const start = at + HASH_FIELD.length;
      hashes.push(snapshot.toString("latin1", start, start + HASH_LENGTH));
    }
    return hashes;
  }
}
