/** What the server holds, asked from it directly, to be compared with what the page holds. */
import { expect } from "@playwright/test";
import { CHANNEL_NAMES } from "../protocol/stream/channels.ts";
import type { Snapshot } from "../protocol/stream/messages.ts";
import type { Dashboard } from "./dashboard.ts";

export async function snapshotOf(server: string): Promise<Snapshot> {
  const answer = await fetch(`${server}/dashboard/snapshot-v2?channels=${CHANNEL_NAMES.join(",")}`);
  if (!answer.ok) throw new Error(`snapshot of ${server}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Snapshot;
}

/** Once a recording has ended: every channel of the page comes to hold, row by row, what the server holds. */
export async function expectEqualStates(
  dashboard: Dashboard,
  server: string,
  timeout = 15_000,
): Promise<void> {
  const { channels } = await snapshotOf(server);
  for (const name of CHANNEL_NAMES) {
    const held = channels[name];
    await expect
      .poll(async () => (await dashboard.contents(name)).digest, { message: `digest of ${name}`, timeout })
      .toBe(held?.digest);
    const { ids, seqs } = await dashboard.contents(name);
    expect(ids).toEqual(held?.upsert.map(({ id }) => id));
    expect(seqs).toEqual(held?.upsert.map(({ seq }) => seq));
  }
}

/** Resolves when the server's log has stood still for `ms`: its recording has ended. */
export async function untilSilent(server: string, ms = 1_500): Promise<void> {
  let last = -1;
  let since = performance.now();
  while (performance.now() - since < ms) {
    const { watermark } = await snapshotOf(server);
    if (watermark.latest_ingest_seq !== last) {
      last = watermark.latest_ingest_seq;
      since = performance.now();
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
