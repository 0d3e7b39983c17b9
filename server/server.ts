/** A whole server: sources, the model that they feed, HTTP and stream on one port. */
import { randomBytes, randomInt } from "node:crypto";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import type { FastifyInstance } from "fastify";
import { readArbitrageOptions } from "../model/arbitrage/options.ts";
import type { ModelOptions } from "../model/config.ts";
import { Model } from "../model/model.ts";
import { CliError } from "./cli/errors.ts";
import { type Clock, type LoopClock, systemClock } from "./clock.ts";
import { AllowList } from "./http/allow-list.ts";
import { createApp } from "./http/app.ts";
import { Metrics } from "./http/metrics.ts";
import { Ingest } from "./ingest.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { Outlet } from "./relay/outlet.ts";
import { SignalWriter } from "./signals/signal-writer.ts";
import type { Source, StageCounts } from "./sources/source.ts";
import { type GatewayOptions, StreamGateway } from "./stream/gateway.ts";

export interface ServerOptions {
  /** All feed the one model; each hands over its messages in its own order. */
  readonly sources: readonly Source[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether ports after `port` are tried where it is in use. Default false. */
  readonly nextFreePort?: boolean;
  /** Host names beside the loopback ones that requests and pages may come by. */
  readonly allowHosts?: readonly string[];
  /** Default SERVER_LIMITS.max_connections_per_address_count. */
  readonly maxConnectionsPerAddress?: number;
  /** Default: `dist/page` of this checkout. */
  readonly pageDirectory?: string;
  /** Default: a random log id, since each start is a log of its own, and the sources' own chains. */
  readonly model?: Partial<ModelOptions>;
  /** The secret of resume tokens, and caps of sessions. */
  readonly stream?: Pick<GatewayOptions, "resumeSecret" | "maxSessions" | "maxSessionsPerAddress">;
  /** Takes an ArbitrageSignal for each opportunity that opens: a whole message of the signal domain. */
  readonly signals?: Pick<Outlet, "push" | "counts">;
  readonly clock?: LoopClock;
  /** One line for the operator. */
  log(line: string): void;
}

export interface RunningServer {
  readonly url: string;
  readonly model: Model;
  readonly ingest: Ingest;
  /** Resolves when all sources have ended (the server goes on), rejects when one cannot begin or breaks. */
  readonly ended: Promise<void>;
  /** Takes no more, tells clients to come again, lets what is being sent end; within LIMITS.drain_bound_ms. */
  close(): Promise<void>;
}

const DEFAULT_HOST = "127.0.0.1";
const PAGE_DIRECTORY = resolve(import.meta.dirname, "..", "dist", "page");

/** Listens first, then lets the sources begin. Throws CliError where the port is in use. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { sources, host = DEFAULT_HOST, clock = systemClock, log } = options;
  const model = new Model({
    log_id: randomBytes(6).toString("hex"),
    hash_seed: randomInt(2 ** 32),
    chains: sources.flatMap((source) => source.chains ?? []),
    ...options.model,
  });
  const allow = new AllowList([urlHost(host), ...(options.allowHosts ?? [])]);

  const changed = (): void => {
    gateway.hub.changed();
    signals?.changed();
  };
  const ingest = new Ingest({ model, clock, onChange: changed });
  const signals = signalWriter(model, options, clock);
  const metrics = new Metrics({
    streamBacklog: () => gateway.hub.backlog(),
    balances: () => gateway.hub.balances(),
    sessions: () => gateway.sessionCount,
    modelBytes: () => sum(model.bytesHeld()),
    detailIndexSize: () => model.detailIndexSize,
    evictions: () => model.counters.evictions,
    messages: () => ingest.messages(),
    faults: () =>
      added([
        model.counters.faults,
        signals?.faultCounts() ?? {},
        ...sources.map((source) => source.faultCounts()),
      ]),
    feeds: () => ingest.feeds,
    stages: () => [...sources.flatMap((source) => source.stages?.() ?? []), ...signalStages(options)],
    duplicates: () => sum(model.counters.duplicates),
    barTrades: () => model.counters.bars,
  });
  const gateway = new StreamGateway({
    model,
    clock,
    allow,
    meter: metrics.stream,
    ...options.stream,
  });
  const app = await createApp({
    model,
    clock,
    metrics,
    allow,
    ready: () => ingest.isFed,
    pageDirectory: options.pageDirectory ?? PAGE_DIRECTORY,
    maxConnectionsPerAddress:
      options.maxConnectionsPerAddress ?? SERVER_LIMITS.max_connections_per_address_count,
  });
  gateway.attach(app.server);
  await listen(app, host, options.port, options.nextFreePort ?? false, log);

  const { port } = app.server.address() as AddressInfo;
  const ended = ingest.run(sources);
  // Who awaits `ended` hears of a failure; who does not must not crash by it.
  ended.catch(() => {});
  return {
    url: `http://${urlHost(host)}:${port}`,
    model,
    ingest,
    ended,
    async close() {
      const cancel = clock.after(SERVER_LIMITS.close_timeout_ms, () => app.server.closeAllConnections());
      await Promise.all([app.close(), gateway.close(), ...sources.map((source) => source.stop())]);
      cancel();
    },
  };
}

function signalWriter(
  model: Model,
  { model: given, signals }: ServerOptions,
  clock: Clock,
): SignalWriter | null {
  const channel = model.channels.get("opportunity.main");
  if (signals === undefined || channel === undefined) return null;
  return new SignalWriter({
    channel,
    config: readArbitrageOptions(given?.arbitrage ?? {}),
    clock,
    sink: (message) => signals.push(message),
  });
}

/** What became of the signals; those that are neither forwarded nor dropped are held. */
function signalStages({ signals }: ServerOptions): StageCounts[] {
  if (signals === undefined) return [];
  const { received, forwarded, dropped } = signals.counts();
  return [{ stage: "signals", in: received, out: forwarded, dropped: { relay_away: dropped } }];
}

async function listen(
  app: FastifyInstance,
  host: string,
  first: number,
  nextFree: boolean,
  log: (line: string) => void,
): Promise<void> {
  const last = nextFree && first > 0 ? first + SERVER_LIMITS.port_attempts_count : first;
  for (let port = first; ; port++) {
    try {
      await app.listen({ host, port });
      return;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE") throw new CliError(`cannot listen on ${host}:${port}: ${message}`);
      if (port >= last) {
        throw new CliError(`port ${port} on ${host} is in use; --port 0 takes any free one`);
      }
      log(`port ${port} is in use; trying ${port + 1}`);
    }
  }
}

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** Counts by name, each name's added up. */
function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const each of counts) {
    for (const [name, count] of Object.entries(each)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
