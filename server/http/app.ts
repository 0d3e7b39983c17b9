/** The HTTP face: routes, errors, and who may ask. The stream is on the same server; see `stream/gateway.ts`. */
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { Model } from "../../model/model.ts";
import { BAR_INTERVALS, BARS, BARS_PATTERN, barsChannel, CHANNELS } from "../../protocol/stream/channels.ts";
import { ENTITY_SCHEMAS } from "../../protocol/stream/entities.ts";
import type { Clock } from "../clock.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { AllowList } from "./allow-list.ts";
import { toBody } from "./compress.ts";
import { capConnections } from "./connections.ts";
import type { Metrics } from "./metrics.ts";
import { SECURITY_HEADERS, servePage } from "./page.ts";
import { PROBLEM_TYPE, Problem } from "./problem.ts";
import { buildSnapshot, readSnapshotQuery } from "./snapshot.ts";
import { SnapshotPlaces } from "./snapshot-places.ts";
import { encodeText } from "./text.ts";

export interface AppOptions {
  readonly model: Model;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly allow: AllowList;
  /** Is the model folded up to its log? */
  ready(): boolean;
  /** Where the built page lies. */
  readonly pageDirectory: string;
  readonly maxConnectionsPerAddress: number;
}

const RETENTION = "the entities that changed last, up to cap";
const JSON_TYPE = "application/json; charset=utf-8";
const HASH = /^0x[0-9a-f]{64}$/;
const V1_ROUTES = { "/dashboard/snapshot": "/dashboard/snapshot-v2", "/stream": "/dashboard/stream-v2" };

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    forceCloseConnections: "idle",
    connectionTimeout: SERVER_LIMITS.stalled_connection_ms,
    requestTimeout: SERVER_LIMITS.request_timeout_ms,
    keepAliveTimeout: SERVER_LIMITS.keep_alive_timeout_ms,
    http: {
      maxHeaderSize: SERVER_LIMITS.max_header_bytes,
      headersTimeout: SERVER_LIMITS.headers_timeout_ms,
      connectionsCheckingInterval: SERVER_LIMITS.connection_check_ms,
    },
    routerOptions: { maxParamLength: SERVER_LIMITS.max_param_count },
  });
  capConnections(app.server, options.maxConnectionsPerAddress);
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, asProblem(error)));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, new Problem(404, `nothing at ${request.method} ${request.url.slice(0, 128)}`)),
  );
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header("cache-control", "no-store");
    const refusal = options.allow.refusal(request.headers);
    if (refusal !== null) throw new Problem(403, refusal);
    const { origin } = request.headers;
    if (origin !== undefined) reply.headers({ "access-control-allow-origin": origin, vary: "origin" });
  });
  // A server that stops waits for its connections; one that has had its answer is not kept for another.
  app.addHook("onResponse", async (request) => {
    if (!app.server.listening) request.raw.socket.end();
  });
  for (const [route, successor] of Object.entries(V1_ROUTES)) {
    app.get(route, () => {
      throw new Problem(404, `v1 is gone; ask ${successor}`);
    });
  }
  addData(app, options);
  addOperations(app, options);
  await servePage(app, options.pageDirectory);
  return app;
}

function addData(app: FastifyInstance, { model, clock, metrics, ready }: AppOptions): void {
  const places = new SnapshotPlaces(clock);
  app.get<{ Querystring: Record<string, string | string[] | undefined> }>(
    "/dashboard/snapshot-v2",
    async (request, reply) => {
      if (!ready()) throw notReady();
      // One that waits behind another answer on its connection hears of no close, so it could never be counted out.
      const isQueued = reply.raw.socket === null;
      if (isQueued || !places.isFree(request.ip)) {
        throw new Problem(503, "too many snapshots are being sent", { retry_after_s: 1 });
      }
      const wanted = readSnapshotQuery(request.query, model);
      const started = performance.now();
      const chunks = encodeText(buildSnapshot(wanted, model, Date.now()));
      metrics.snapshotBuilt(performance.now() - started);
      const { stream, headers, bytes } = toBody(chunks, request.headers["accept-encoding"], request.ip);
      places.hold(reply.raw, request.ip, bytes);
      return reply.headers(headers).header("vary", "origin, accept-encoding").type(JSON_TYPE).send(stream);
    },
  );

  app.get("/dashboard/channels", () => ({
    epoch: model.epoch,
    channels: Array.from(model.channels, ([name, { cap, count, lastSeq, floor, reach }]) => ({
      name,
      title: CHANNELS[name].title,
      id: CHANNELS[name].id,
      cap,
      count,
      last_seq: lastSeq,
      fields: Object.keys(ENTITY_SCHEMAS[name].properties),
      retention: { rule: RETENTION, floor, reach },
    })),
    patterns: [
      {
        name: BARS_PATTERN,
        title: BARS.title,
        id: BARS.id,
        cap: model.channel(barsChannel("-", "1s"))?.cap,
        intervals: BAR_INTERVALS,
        fields: Object.keys(ENTITY_SCHEMAS["market.bars"].properties),
        retention: { rule: `${RETENTION}, of a symbol that market.main holds` },
      },
    ],
  }));

  app.get<{ Params: { hash: string } }>("/transactions/:hash", (request, reply) => {
    const hash = request.params.hash.toLowerCase();
    if (!HASH.test(hash)) throw new Problem(400, "hash: must be 0x and 64 hex digits", { field: "hash" });
    const detail = model.transaction(hash);
    if (detail === null) throw new Problem(404, `hash: ${hash} is not held: evicted, or never seen`);
    return reply.type(JSON_TYPE).send(JSON.stringify(detail));
  });

  app.get<{ Params: { id: string } }>("/events/:id/tlv", (request, reply) => {
    const bytes = model.eventTlv(request.params.id);
    if (bytes === null) throw new Problem(404, "id: no event of this id is held: evicted, or never seen");
    return reply.type("application/octet-stream").send(Buffer.from(bytes));
  });
}

function addOperations(app: FastifyInstance, { model, metrics, ready }: AppOptions): void {
  app.get("/health/live", () => ({ status: "live" }));
  app.get("/health/ready", () => {
    if (!ready()) throw notReady();
    return { status: "ready", epoch: model.epoch, head_seq: model.headSeq };
  });
  app.get("/metrics", async (_request, reply) => {
    const text = await metrics.text();
    return reply.type(metrics.contentType).send(text);
  });
}

function notReady(): Problem {
  return new Problem(503, "not yet folded up to the log", { retry_after_s: 1 });
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { statusCode, message } = error as { statusCode?: number; message: string };
  if (statusCode !== undefined && statusCode < 500) return new Problem(statusCode, message);
  process.stderr.write(`mempulse: ${(error as Error).stack ?? message}\n`);
  return new Problem(500, "internal error");
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { retry_after_s } = problem.options;
  if (retry_after_s !== undefined) reply.header("retry-after", String(retry_after_s));
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem.body());
}
