/** Latencies from a collector's write: to a client of stream-v2, and from a block to the signal of what it opens. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchTable } from "./harness.ts";
import { CLIENT_NOTE, measureToClient } from "./latency/to-client.ts";
import { measureToSignal, SIGNAL_NOTE } from "./latency/to-signal.ts";

export async function run(): Promise<BenchTable> {
  const folder = await mkdtemp(join(tmpdir(), "mempulse-latency-"));
  try {
    return {
      title: "Latency: collector to client, block to signal",
      note:
        "On one machine: what writes and what reads in one process, so with one clock, the relays (`mempulse relay`) and the " +
        `server in one each.\n\n${CLIENT_NOTE}\n\n${SIGNAL_NOTE}`,
      rows: [...(await measureToClient(folder)), ...(await measureToSignal(folder))],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
