/** What a run will be, drawn from its seed before it begins: plain data, which a failure can show. */
import { CLOSE, LIMITS } from "../protocol/stream/limits.ts";
import { SESSION_LIMITS } from "../workers/session/limits.ts";
import type { Random } from "../workers/testing/random.ts";
import type { Comeback } from "./cluster.ts";
import type { HttpFaults } from "./http.ts";
import { NO_HTTP_FAULTS } from "./http.ts";
import { type FrameFaults, NO_FRAME_FAULTS } from "./link.ts";
import type { Caps } from "./log.ts";

/** Something that befalls a client or a server at a time, and is over after another. */
export type Incident = { readonly at_ms: number } & (
  | { readonly kind: "cut"; readonly client: number; readonly who: "both" | "client" | "server" }
  | { readonly kind: "half_open"; readonly client: number }
  | { readonly kind: "blackout"; readonly client: number; readonly for_ms: number }
  | {
      readonly kind: "throttle";
      readonly client: number;
      readonly bytes_per_s: number;
      readonly for_ms: number;
    }
  | { readonly kind: "stall"; readonly client: number; readonly for_ms: number }
  | {
      readonly kind: "freeze";
      readonly client: number;
      readonly isSuspended: boolean;
      readonly for_ms: number;
    }
  | { readonly kind: "hide"; readonly client: number; readonly for_ms: number }
  | { readonly kind: "mute"; readonly client: number; readonly for_ms: number }
  | {
      readonly kind: "slow_commits";
      readonly client: number;
      readonly commit_ms: number;
      readonly for_ms: number;
    }
  | { readonly kind: "views"; readonly client: number }
  | { readonly kind: "charts"; readonly client: number }
  | { readonly kind: "detail"; readonly client: number }
  | { readonly kind: "reload"; readonly client: number }
  | { readonly kind: "retry"; readonly client: number }
  | {
      readonly kind: "restart";
      readonly host: number;
      readonly down_ms: number;
      readonly comeback: Comeback;
      readonly isHeard: boolean;
    }
  | { readonly kind: "drain"; readonly host: number; readonly down_ms: number }
  | { readonly kind: "lag"; readonly host: number; readonly for_ms: number }
  | { readonly kind: "epoch"; readonly apart_ms: number }
  | { readonly kind: "outage"; readonly for_ms: number }
  | { readonly kind: "intruder"; readonly host: number; readonly does: IntruderDoes }
);
export type IncidentKind = Incident["kind"];
export const INTRUDER_DOES = [
  "flood",
  "silence",
  "crowd",
  "binary",
  "old_protocol",
  "old_epoch",
  "bad_token",
] as const;
export type IntruderDoes = (typeof INTRUDER_DOES)[number];

/** Traffic for a while: so many bursts, of up to so many entries, at random times. */
export interface Phase {
  readonly ms: number;
  readonly bursts: number;
  readonly burst_count: number;
}

export interface Scenario {
  readonly fold: "model" | "windows";
  readonly caps: Caps;
  readonly replicas: number;
  readonly clients: number;
  /** A worker may hold less than the windows need. */
  readonly isTight: boolean;
  readonly budget_bytes: number;
  readonly phases: readonly Phase[];
  readonly frames: FrameFaults;
  readonly http: HttpFaults;
  readonly incidents: readonly Incident[];
}

/** Where nothing can be lost, or come twice, or in another order. */
export function isFaultless({ frames, http, incidents }: Scenario): boolean {
  return areZero(frames) && areZero(http) && incidents.every(isHarmless);
}

function areZero(shares: object): boolean {
  return Object.values(shares).every((share) => share === 0);
}

/** What may be asked of a client where this befalls it. */
export interface Conduct {
  readonly neverCodes: ReadonlySet<number>;
  readonly mostCredit: number;
  readonly mayFail: boolean;
  /** Every NOTICE arrives, in order. */
  readonly isTold: boolean;
}

/** These tell a client that it breaks the contract; it must not, where its frames arrive as they were sent. */
const BLAMING_CODES = [CLOSE.unknown_op, CLOSE.bad_message, CLOSE.rate_limited, CLOSE.protocol_too_old];

export function conductOf(scenario: Scenario): Conduct {
  const { frames, incidents } = scenario;
  return {
    neverCodes: new Set(frames.corrupt > 0 ? [] : BLAMING_CODES.map(({ code }) => code)),
    mostCredit: isFaultless(scenario) ? SESSION_LIMITS.backlog_credit_count : LIMITS.max_credit,
    // A doubled IDENTIFY, and one that comes after a HEARTBEAT, are faults of the client's to a server.
    isTold: areZero(frames) && incidents.every(({ kind }) => kind !== "blackout"),
    mayFail: frames.corrupt > 0 || frames.double > 0 || frames.late > 0,
  };
}

/** No fault of link or server, and not so long that either end gives the other up: it costs nothing but coalescing. */
function isHarmless(incident: Incident): boolean {
  if (!HARMLESS.has(incident.kind)) return false;
  if (incident.kind === "hide") return incident.for_ms < 200_000;
  if (incident.kind === "freeze" || incident.kind === "stall") return incident.for_ms < 4_000;
  return true;
}

const HARMLESS: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  "throttle",
  "stall",
  "freeze",
  "hide",
  "mute",
  "slow_commits",
  "views",
  "charts",
  "detail",
  "retry",
]);

type Draw = (random: Random, at_ms: number, clients: number, replicas: number) => Incident;

const INCIDENTS: Readonly<Record<IncidentKind, Draw>> = {
  cut: (r, at_ms, clients) => ({
    at_ms,
    kind: "cut",
    client: r.below(clients),
    who: r.pick(["both", "both", "client", "server"]),
  }),
  half_open: (r, at_ms, clients) => ({ at_ms, kind: "half_open", client: r.below(clients) }),
  blackout: (r, at_ms, clients) => ({
    at_ms,
    kind: "blackout",
    client: r.below(clients),
    for_ms: r.between(100, 30_000),
  }),
  throttle: (r, at_ms, clients) => ({
    at_ms,
    kind: "throttle",
    client: r.below(clients),
    bytes_per_s: r.pick([1_500, 4_000, 20_000]),
    for_ms: r.between(1_000, 20_000),
  }),
  stall: (r, at_ms, clients) => ({
    at_ms,
    kind: "stall",
    client: r.below(clients),
    for_ms: r.between(500, 30_000),
  }),
  freeze: (r, at_ms, clients) => ({
    at_ms,
    kind: "freeze",
    client: r.below(clients),
    isSuspended: r.chance(0.5),
    for_ms: r.pick([r.between(100, 4_000), r.between(4_000, 40_000), r.between(100_000, 300_000)]),
  }),
  hide: (r, at_ms, clients) => ({
    at_ms,
    kind: "hide",
    client: r.below(clients),
    for_ms: r.pick([r.between(500, 30_000), r.between(30_000, 290_000), r.between(300_000, 500_000)]),
  }),
  mute: (r, at_ms, clients) => ({
    at_ms,
    kind: "mute",
    client: r.below(clients),
    for_ms: r.between(500, 20_000),
  }),
  slow_commits: (r, at_ms, clients) => ({
    at_ms,
    kind: "slow_commits",
    client: r.below(clients),
    commit_ms: r.pick([40, 150, 900]),
    for_ms: r.between(1_000, 20_000),
  }),
  views: (r, at_ms, clients) => ({ at_ms, kind: "views", client: r.below(clients) }),
  charts: (r, at_ms, clients) => ({ at_ms, kind: "charts", client: r.below(clients) }),
  detail: (r, at_ms, clients) => ({ at_ms, kind: "detail", client: r.below(clients) }),
  reload: (r, at_ms, clients) => ({ at_ms, kind: "reload", client: r.below(clients) }),
  retry: (r, at_ms, clients) => ({ at_ms, kind: "retry", client: r.below(clients) }),
  restart: (r, at_ms, _, replicas) => ({
    at_ms,
    kind: "restart",
    host: r.below(replicas),
    down_ms: r.pick([0, r.between(10, 1_000), r.between(1_000, 40_000)]),
    comeback: r.pick(["kept", "folded", "behind", "stranger"]),
    isHeard: r.chance(0.7),
  }),
  drain: (r, at_ms, _, replicas) => ({
    at_ms,
    kind: "drain",
    host: r.below(replicas),
    down_ms: r.between(500, 10_000),
  }),
  lag: (r, at_ms, _, replicas) => ({
    at_ms,
    kind: "lag",
    host: r.below(replicas),
    for_ms: r.between(500, 20_000),
  }),
  epoch: (r, at_ms) => ({ at_ms, kind: "epoch", apart_ms: r.between(0, 3_000) }),
  outage: (r, at_ms) => ({ at_ms, kind: "outage", for_ms: r.between(1_000, 120_000) }),
  intruder: (r, at_ms, _, replicas) => ({
    at_ms,
    kind: "intruder",
    host: r.below(replicas),
    does: r.pick(INTRUDER_DOES),
  }),
};

const NEAR_MS = 1_500;

export const INCIDENT_KINDS = Object.keys(INCIDENTS) as readonly IncidentKind[];

export function drawScenario(random: Random): Scenario {
  const clients = random.pick([1, 1, 1, 2, 3]);
  const replicas = random.pick([1, 1, 2]);
  const drawn = Array.from({ length: random.between(2, 5) }, () => drawPhase(random));
  const span_ms = drawn.reduce((sum, { ms }) => sum + ms, 0);
  // Few kinds of fault a run, so that each meets the others in all ways and none hides another.
  const isOn = () => random.chance(0.35);
  const isQuiet = random.chance(0.15);
  const storm = random.chance(0.1) ? 5 : 1;
  const share = (most: number) => (!isQuiet && isOn() ? random.next() * most * storm : 0);
  const frames = isQuiet
    ? NO_FRAME_FAULTS
    : { drop: share(0.1), double: share(0.1), late: share(0.1), corrupt: share(0.02) };
  const http = isQuiet
    ? NO_HTTP_FAULTS
    : { fail: share(0.2), busy: share(0.2), slow: share(0.3), silent: share(0.2), corrupt: share(0.2) };
  const kinds = INCIDENT_KINDS.filter((kind) => (isQuiet ? HARMLESS.has(kind) : true) && random.chance(0.2));
  const isTight = random.chance(0.2);
  const isCharting = random.chance(0.4);
  let last_ms = 0;
  const draw = (kind: IncidentKind) => {
    // Often in the midst of what the one before brought about.
    last_ms = random.chance(0.5) ? last_ms + random.below(NEAR_MS) : random.below(span_ms);
    last_ms = Math.min(last_ms, span_ms - 1);
    return INCIDENTS[kind](random, last_ms, clients, replicas);
  };
  const incidents = [
    ...Array.from({ length: kinds.length === 0 ? 0 : random.below(8) }, () => draw(random.pick(kinds))),
    // Only a worker that is short of memory leaves fixed channels that no view shows.
    ...Array.from({ length: isTight ? random.below(10) : 0 }, () => draw("views")),
    ...Array.from({ length: isCharting ? random.below(12) : 0 }, () => draw("charts")),
  ];
  // Some runs end in the midst of what befalls them, some when all of that is over by itself.
  const over_ms = Math.max(0, ...incidents.map((each) => each.at_ms + ("for_ms" in each ? each.for_ms : 0)));
  const rest: Phase = { ms: Math.max(1, over_ms - span_ms), bursts: random.below(4), burst_count: 5 };
  const phases = random.chance(0.5) ? [...drawn, rest] : drawn;
  return {
    fold: random.chance(0.5) ? "model" : "windows",
    caps: {
      "tx.main": random.between(5, 40),
      "pool.main": random.between(5, 25),
      "pool.state": random.between(3, 10),
      "feature.main": random.between(5, 30),
      "feature.top": random.between(2, 6),
      "opportunity.main": random.between(2, 10),
      "chain.main": random.between(1, 4),
      // Symbols come and go, and their bars with them.
      "market.main": random.between(1, 4),
    },
    replicas,
    clients,
    isTight,
    budget_bytes: isTight ? random.between(4_000, 60_000) : 10_000_000,
    phases,
    frames,
    http,
    incidents: incidents.toSorted((a, b) => a.at_ms - b.at_ms),
  };
}

function drawPhase(random: Random): Phase {
  // Long enough now and then for tokens to run out and for a hidden page to fall asleep.
  if (random.chance(0.1))
    return { ms: random.between(100_000, 400_000), bursts: random.below(5), burst_count: 10 };
  const ms = random.pick([
    random.between(500, 5_000),
    random.between(2_000, 20_000),
    random.between(10_000, 60_000),
  ]);
  const shape = random.below(3);
  if (shape === 0) return { ms, bursts: 0, burst_count: 0 };
  if (shape === 1) return { ms, bursts: random.between(5, 30), burst_count: random.between(1, 4) };
  return { ms, bursts: random.between(1, 4), burst_count: random.between(20, 80) };
}
