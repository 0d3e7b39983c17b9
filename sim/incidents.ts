/** What each incident of a scenario does to the run, and that it is over again. */
import { CHANNEL_NAMES, type ChannelKind, kindOf } from "../protocol/stream/channels.ts";
import type { ColumnId, ViewSpec } from "../workers/api.ts";
import type { Random } from "../workers/testing/random.ts";
import type { Client } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Cluster } from "./cluster.ts";
import { NO_HTTP_FAULTS } from "./http.ts";
import { intrude } from "./intruder.ts";
import { type FrameFaults, NO_FRAME_FAULTS } from "./link.ts";
import { BARS_SHOWN } from "./log.ts";
import { COMMIT_MS } from "./page.ts";
import type { Incident, IncidentKind } from "./scenario.ts";
import type { Trace } from "./trace.ts";

export interface Stage {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly cluster: Cluster;
  readonly clients: readonly Client[];
  /** Of frames while no incident says otherwise. */
  readonly frames: FrameFaults;
  /** No client reaches any server until then (ms of the clock). */
  outageUntil_ms: number;
  /** So many entries more are in the log. */
  fold(count: number): void;
  /** Something changes in every channel. */
  foldLast(): void;
}

type Handler<K extends IncidentKind> = (stage: Stage, incident: Extract<Incident, { kind: K }>) => void;

const VIEW_COUNT = 2;
/** Charts beside it: together they may show more channels of bars than are followed. */
const CHART_COUNT = 3;
const DETAIL = `0x${"7".padStart(64, "0")}`;
const ALL_LOST: FrameFaults = { ...NO_FRAME_FAULTS, drop: 1 };

const HAPPENS: { readonly [K in IncidentKind]: Handler<K> } = {
  cut: ({ clients }, { client, who }) => clients[client]!.connection?.cut(who),
  half_open({ clients }, { client }) {
    const { connection } = clients[client]!;
    if (connection !== null) connection.isBroken = true;
  },
  blackout({ clients, clock, frames }, { client, for_ms }) {
    const { line } = clients[client]!;
    line.faults = ALL_LOST;
    clock.after(for_ms, () => {
      if (line.faults === ALL_LOST) line.faults = frames;
    });
  },
  throttle({ clients, clock }, { client, bytes_per_s, for_ms }) {
    const { line } = clients[client]!;
    line.bytes_per_s = bytes_per_s;
    clock.after(for_ms, () => {
      line.bytes_per_s = Number.POSITIVE_INFINITY;
    });
  },
  stall({ clients, clock }, { client, for_ms }) {
    const { line } = clients[client]!;
    line.isHeld = true;
    clock.after(for_ms, () => letGo(clients[client]!));
  },
  freeze({ clients, clock, random }, { client, isSuspended, for_ms }) {
    const frozen = clients[client]!;
    frozen.freeze(isSuspended);
    frozen.line.isHeld = random.chance(0.5);
    clock.after(for_ms, () => {
      frozen.thaw();
      letGo(frozen);
    });
  },
  hide({ clients, clock }, { client, for_ms }) {
    clients[client]!.hide(true);
    clock.after(for_ms, () => clients[client]!.hide(false));
  },
  mute({ clients, clock }, { client, for_ms }) {
    const { page } = clients[client]!;
    page.isMute = true;
    clock.after(for_ms, () => page.speak());
  },
  slow_commits({ clients, clock }, { client, commit_ms, for_ms }) {
    const { page } = clients[client]!;
    page.commit_ms = commit_ms;
    clock.after(for_ms, () => {
      page.commit_ms = COMMIT_MS;
    });
  },
  views({ clients, random }, { client }) {
    const name = `view${random.below(VIEW_COUNT)}`;
    if (random.chance(0.25)) {
      clients[client]!.closeView(name);
      return;
    }
    const start = random.below(10);
    clients[client]!.openView(name, {
      spec: drawView(random),
      range: { start, end: start + random.below(20) },
      follows: random.chance(0.7),
    });
  },
  charts({ clients, random }, { client }) {
    const name = `chart${random.below(CHART_COUNT)}`;
    if (random.chance(0.3)) clients[client]!.closeSeries(name);
    else clients[client]!.openSeries(name, { channel: random.pick(BARS_SHOWN) });
  },
  detail: ({ clients }, { client }) => clients[client]!.openDetail(DETAIL),
  reload: ({ clients }, { client }) => clients[client]!.reload(),
  retry: ({ clients }, { client }) => clients[client]!.worker.retry(),
  restart: ({ cluster }, { host, down_ms, comeback, isHeard }) =>
    cluster.restart(host, down_ms, comeback, isHeard),
  drain: ({ cluster }, { host, down_ms }) => cluster.drain(host, down_ms),
  lag: ({ cluster }, { host, for_ms }) => cluster.lag(host, for_ms),
  epoch: ({ cluster }, { apart_ms }) => cluster.changeEpoch(apart_ms),
  outage(stage, { for_ms }) {
    stage.outageUntil_ms = stage.clock.ms + for_ms;
    for (const { connection } of stage.clients) connection?.cut("both");
  },
  intruder({ cluster, clock, trace }, { host, does }) {
    const invaded = cluster.hosts[host];
    if (invaded !== null && invaded !== undefined) intrude(invaded, does, clock, trace);
  },
};

export function happen(stage: Stage, incident: Incident): void {
  stage.trace.count(`incident ${incident.kind}`);
  const { at_ms: _, ...what } = incident;
  stage.trace.note(`! ${JSON.stringify(what)}`);
  const handler = HAPPENS[incident.kind] as Handler<IncidentKind>;
  handler(stage, incident);
}

/** Nothing is wrong from here on, but what is wrong already inside either end. */
export function heal(stage: Stage): void {
  stage.trace.note("! all is well");
  stage.outageUntil_ms = 0;
  for (const client of stage.clients) {
    client.line.faults = NO_FRAME_FAULTS;
    client.http.faults = NO_HTTP_FAULTS;
    client.line.bytes_per_s = Number.POSITIVE_INFINITY;
    client.page.commit_ms = COMMIT_MS;
    client.thaw();
    letGo(client);
    client.page.speak();
    if (client.isHidden) client.hide(false);
  }
}

function letGo(client: Client): void {
  client.line.isHeld = false;
  client.connection?.resume();
}

const COLUMN: Readonly<Record<ChannelKind, ColumnId>> = {
  "tx.main": "seen",
  "pool.main": "seen",
  "pool.state": "pool",
  "feature.main": "hash",
  "feature.top": "count",
  "opportunity.main": "score",
  "chain.main": "chain",
  "market.main": "symbol",
  "market.bars": "start",
};

function drawView(random: Random): ViewSpec {
  const channel = random.pick([...CHANNEL_NAMES, ...BARS_SHOWN.slice(0, 2)]);
  const column = COLUMN[kindOf(channel)];
  const direction = random.pick(["asc", "desc"] as const);
  return {
    channel,
    columns: [column],
    sort: random.chance(0.5) ? { column, direction } : null,
    filter: random.pick(["", "", "0x", "1"]),
  };
}
