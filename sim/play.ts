/** Plays a scenario: sets servers and clients up, lets everything happen, and waits until all is whole again. */
import type { LossKind, StreamCounters } from "../workers/api.ts";
import type { Random } from "../workers/testing/random.ts";
import { checkAccounts, checkEqual, checkFaultless, isWhole } from "./check.ts";
import { Client } from "./client.ts";
import type { Clock } from "./clock.ts";
import { Cluster } from "./cluster.ts";
import { happen, heal, type Stage } from "./incidents.ts";
import { SIM_LIMITS } from "./limits.ts";
import { ModelFold, WindowFold } from "./log.ts";
import { checkRest } from "./rest.ts";
import { conductOf, isFaultless, type Scenario } from "./scenario.ts";
import type { Trace } from "./trace.ts";
import { MessageTraffic, type Traffic, WindowTraffic } from "./traffic.ts";
import { demand, first } from "./violation.ts";

const SETTLE_ROUND_MS = 2_500;

/** Throws a Violation where a rule is broken. */
export async function play(scenario: Scenario, random: Random, clock: Clock, trace: Trace): Promise<void> {
  const stage = setUp(scenario, random, clock, trace);
  const { cluster, clients } = stage;
  clock.onStep = () => {
    if (first.violation !== null) throw first.violation;
    demand(clock.steps < SIM_LIMITS.max_run_steps, "it never comes to rest");
    for (const host of cluster.hosts) host?.checkBounds();
  };
  for (const client of clients) client.start();
  for (const incident of scenario.incidents) clock.after(incident.at_ms, () => happen(stage, incident));
  for (const { ms, bursts, burst_count } of scenario.phases) {
    for (let burst = 0; burst < bursts; burst++) {
      const count = stage.random.between(1, burst_count);
      clock.after(stage.random.below(ms), () => stage.fold(count));
    }
    await clock.run(ms);
  }
  await settle(stage, scenario);
  stage.foldLast();
  await clock.run(SIM_LIMITS.last_change_ms);
  const { newest } = cluster;
  demand(newest !== null && cluster.isTogether, "a server went, and nothing was wrong");
  checkEqual(newest, clients, "after a last change");
  checkAccounts(clients, scenario);
  if (isFaultless(scenario)) checkFaultless(clients, scenario, trace);
  for (const client of clients) addUp(client, trace);
}

/** What the client counted, among what happened. */
function addUp({ counters, losses }: Client, trace: Trace): void {
  for (const name of Object.keys(counters) as (keyof StreamCounters)[]) {
    trace.count(`client ${name}`, counters[name]);
  }
  for (const totals of losses) {
    for (const byKind of Object.values(totals)) {
      for (const kind of Object.keys(byKind) as LossKind[]) trace.count(`loss ${kind}`, byKind[kind]);
    }
  }
}

function setUp(scenario: Scenario, random: Random, clock: Clock, trace: Trace): Stage {
  const { caps, frames, fold, budget_bytes } = scenario;
  const draws = random.fork();
  const makeTraffic = (): Traffic =>
    fold === "model" ? new MessageTraffic(draws.fork()) : new WindowTraffic(draws.fork(), caps);
  let traffic: Traffic;
  const cluster = new Cluster(
    {
      replicas: scenario.replicas,
      makeFold: ({ id }) => (fold === "model" ? new ModelFold(id, caps) : new WindowFold(id, caps)),
      opening: () => {
        traffic = makeTraffic();
        return traffic.opening();
      },
    },
    clock,
    random.fork(),
    trace,
  );
  const conduct = conductOf(scenario);
  const clients = Array.from({ length: scenario.clients }, (_, n) => {
    const anyHost = () => (clock.ms < stage.outageUntil_ms ? null : cluster.any);
    const client = new Client(`c${n}`, {
      clock,
      trace,
      caps,
      budget_bytes,
      conduct,
      anyHost,
      random: random.fork(),
    });
    client.line.faults = frames;
    client.line.latency_ms = random.between(1, 80);
    client.http.faults = scenario.http;
    return client;
  });
  const stage: Stage = {
    clock,
    random: random.fork(),
    trace,
    cluster,
    clients,
    frames,
    outageUntil_ms: 0,
    fold: (count) => cluster.append(Array.from({ length: count }, () => traffic.next())),
    foldLast: () => cluster.append(traffic.lastOfAll()),
  };
  return stage;
}

/** Until every client is whole and stays so, or it is too late for that. */
async function settle(stage: Stage, scenario: Scenario): Promise<void> {
  const { clock, cluster, clients } = stage;
  // What is under way, such as a server that is down, comes to its own end.
  heal(stage);
  const deadline_ms = clock.ms + SIM_LIMITS.settle_ms;
  do {
    while (clock.ms < deadline_ms && !isWhole(cluster, clients)) await clock.run(SETTLE_ROUND_MS);
    await clock.run(SIM_LIMITS.lurking_ms);
  } while (clock.ms < deadline_ms && !isWhole(cluster, clients));
  demand(cluster.newest !== null, "no server came back");
  checkEqual(cluster.newest, clients, "at rest");
  checkRest(cluster, clients, clock, conductOf(scenario));
}
