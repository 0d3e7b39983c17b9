/** What must hold when nothing has been wrong for a while. */
import { upsertsOf } from "../model/channel.ts";
import { CHANNEL_KINDS, type ChannelName, isChannelName } from "../protocol/stream/channels.ts";
import type { Runtime } from "../workers/shell/runtime.ts";
import type { Client } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import type { Host } from "./host.ts";
import { isFaultless, type Scenario } from "./scenario.ts";
import type { Trace } from "./trace.ts";
import { demand } from "./violation.ts";

/** Every server is up and at the head, every client live and equal to them. */
export function isWhole(cluster: Cluster, clients: readonly Client[]): boolean {
  const { newest } = cluster;
  if (newest === null || !cluster.isTogether) return false;
  return clients.every((client) => whyNot(newest, client) === null);
}

export function checkEqual(host: Host, clients: readonly Client[], when: string): void {
  for (const client of clients) {
    const why = whyNot(host, client);
    demand(why === null, `${when}: ${why}`);
    checkRows(host, client, when);
  }
}

function whyNot(host: Host, { line, worker }: Client): string | null {
  const connection = worker.status()?.connection;
  if (connection?.state !== "live") return `${line.name} is ${JSON.stringify(connection)}`;
  for (const name of subscribedBy(worker)) {
    const channel = host.fold.state.channel(name)!;
    const digest = channel.digest();
    const copy = worker.contents(name);
    if (copy.digest !== digest)
      return `${line.name} ${name}: digest ${copy.digest}, not ${digest}; at ${copy.seq} of ${channel.lastSeq}`;
  }
  return null;
}

function checkRows(host: Host, { line, worker }: Client, when: string): void {
  for (const name of subscribedBy(worker)) {
    const rows = upsertsOf(host.fold.state.channel(name)!.changesSince(0)) as { id: string; seq: number }[];
    const copy = worker.contents(name);
    const label = `${when}: ${line.name} ${name}`;
    demand(JSON.stringify(copy.ids) === JSON.stringify(rows.map(({ id }) => id)), `${label}: other ids`);
    demand(JSON.stringify(copy.seqs) === JSON.stringify(rows.map(({ seq }) => seq)), `${label}: other seqs`);
    let shed = 0;
    for (const row of rows) {
      const { id } = row;
      const held = worker.entity(name, id);
      if (held === null) shed++;
      else demand(JSON.stringify(held) === JSON.stringify(row), `${label}: another row ${id}`);
    }
    const { shed_rows } = worker.memory().channels[name]!;
    demand(shed === shed_rows, `${label}: ${shed} rows have no body, ${shed_rows} were shed`);
  }
}

export function subscribedBy(worker: Runtime): ChannelName[] {
  return Object.keys(worker.status()?.channels ?? {}).filter(isChannelName);
}

/**
 * What was left out of a batch is counted by its server and by its client alike: never more by the client, which may not have
 * got the batch, or has no use for it since it fetched the channel, and otherwise the same. No digest was wrong. Only of a link
 * that changes what frames say none of this can be asked.
 */
export function checkAccounts(clients: readonly Client[], scenario: Scenario): void {
  if (scenario.frames.corrupt > 0 || scenario.http.corrupt > 0) return;
  for (const { line, counters, served, losses } of clients) {
    demand(counters.mismatches === 0, `${line.name} had a wrong digest`);
    const isExact = isFaultless(scenario) && !scenario.isTight && counters.resyncs === 0;
    for (const name of CHANNEL_KINDS) {
      for (const kind of ["coalesced", "evicted"] as const) {
        const told = served.omitted.get(name)?.[kind] ?? 0;
        const heard = losses.reduce((sum, totals) => sum + (totals[name]?.[kind] ?? 0), 0);
        // A batch of a channel that was left is ignored.
        const isRight = isExact && name !== "market.bars" ? heard === told : heard <= told;
        demand(isRight, `L2 ${line.name} counts ${heard} of ${name} ${kind}, its servers ${told}`);
      }
    }
  }
}

/** Where nothing was wrong, nothing was repaired; but a client may have fallen out of reach, or come back to a channel. */
export function checkFaultless(clients: readonly Client[], { isTight }: Scenario, trace: Trace): void {
  trace.count("run without faults");
  for (const { line, counters, snapshots, opened } of clients) {
    const least = 1 + counters.resyncs;
    const isRight = snapshots >= least && snapshots <= least + opened;
    demand(isRight, `S15 ${line.name} asked for ${snapshots} snapshots`);
    for (const [name, count] of Object.entries(counters)) {
      const isAllowed = name === "resyncs" && (isTight || (trace.counts["session out of reach"] ?? 0) > 0);
      demand(count === 0 || isAllowed, `${line.name} counted ${count} ${name}, and nothing was wrong`);
    }
  }
}
