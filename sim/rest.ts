/** What must be so when all is well and has been for a while: nothing lingers, and the screen shows what the servers hold. */
import { subscribedBy } from "./check.ts";
import type { Client } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Cluster } from "./cluster.ts";
import { BARS_SHOWN } from "./log.ts";
import type { Conduct } from "./scenario.ts";
import { demand } from "./violation.ts";

/** Timers that a server, and that a client, has at rest, at most. */
const TIMERS_COUNT = 12;

export function checkRest(
  cluster: Cluster,
  clients: readonly Client[],
  clock: Clock,
  { isTold }: Conduct,
): void {
  let sessions = 0;
  for (const host of cluster.hosts) {
    sessions += host?.sessionCount ?? 0;
    demand(host?.heldBytes === 0, `at rest a server's sockets hold ${host?.heldBytes} bytes`);
  }
  demand(sessions === clients.length, `at rest there are ${sessions} sessions for ${clients.length} clients`);
  const most = TIMERS_COUNT * (cluster.hosts.length + clients.length);
  demand(clock.pending <= most, `at rest there are ${clock.pending} timers`);
  for (const client of clients) {
    const { line, worker, openDetails } = client;
    demand(openDetails === 0, `at rest ${line.name} waits for ${openDetails} details`);
    const channels = worker.status()?.channels ?? {};
    for (const [name, { rung, digest_ok }] of Object.entries(channels)) {
      demand(digest_ok, `at rest ${line.name} shows that the digest of ${name} differs`);
      demand(!isTold || rung === "full", `C10 at rest ${line.name} shows that ${name} is ${rung}`);
    }
    checkScreen(client);
    checkBars(client);
  }
  checkFlows(cluster, clients);
}

/** Channels of bars that something shows are followed, and of no other is anything left; charts have drawn what is held. */
function checkBars({ line, worker, views, series, page }: Client): void {
  const shown = new Set([...views.values()].map(({ spec }) => spec.channel));
  for (const { channel } of series.values()) shown.add(channel);
  for (const channel of BARS_SHOWN) {
    const isFollowed = subscribedBy(worker).includes(channel);
    demand(isFollowed === shown.has(channel), `B10 at rest ${line.name} follows ${channel}: ${isFollowed}`);
    if (isFollowed) continue;
    const isGone =
      worker.memory().channels[channel] === undefined && worker.contents(channel).ids.length === 0;
    demand(isGone, `B10 at rest ${line.name} holds something of ${channel}, which it left`);
  }
  for (const [name, { channel }] of series) {
    const drawn = page.charts.get(name);
    demand(drawn !== undefined, `at rest ${line.name}'s ${name} was never drawn`);
    for (const id of worker.contents(channel).ids) {
      const held = worker.entity(channel, id);
      const bar = drawn.get(Number(id));
      const isRight = held === null || bar?.close === Number(held.close);
      demand(isRight, `at rest ${line.name}'s ${name} has drawn ${bar?.close} for ${held?.close} at ${id}`);
    }
    demand(
      drawn.size <= worker.contents(channel).ids.length,
      `at rest ${line.name}'s ${name} has drawn bars that have left`,
    );
  }
}

/** A server serves the channels that its sessions follow, and no others. */
function checkFlows({ hosts }: Cluster, clients: readonly Client[]): void {
  const followed = new Set(clients.flatMap(({ worker }) => subscribedBy(worker)));
  for (const host of hosts) {
    const flows = host?.flowCount ?? 0;
    const isRight = hosts.length === 1 ? flows === followed.size : flows <= followed.size;
    demand(isRight, `S16 at rest a server serves ${flows} channels, ${followed.size} are followed`);
  }
}

/** A view that follows and filters nothing shows the rows that are held, as they are. */
function checkScreen({ line, worker, views, page }: Client): void {
  for (const [name, { spec, range, follows }] of views) {
    const { channel, filter } = spec;
    const label = `at rest ${line.name}'s view of ${channel}`;
    demand(subscribedBy(worker).includes(channel), `${label} is of a channel that is not followed`);
    const frame = page.screen.get(name);
    demand(frame !== undefined, `${label} was never painted`);
    if (!follows || filter !== "") continue;
    const { rows, shed_rows } = worker.memory().channels[channel]!;
    demand(
      frame.total === rows - shed_rows,
      `${label} is of ${frame.total} rows, ${rows - shed_rows} are held`,
    );
    const visible = Math.max(0, Math.min(range.end, frame.total) - frame.start);
    demand(frame.rows.length === visible, `${label} shows ${frame.rows.length} rows, not ${visible}`);
    for (const { id, seq } of frame.rows) {
      const held = worker.entity(channel, id);
      demand(held?.seq === seq, `${label} shows ${id} as of ${seq}, it is held as of ${held?.seq}`);
    }
  }
}
