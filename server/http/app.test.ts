/** The HTTP face over real sockets. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hash, START_MS, tick, trade, transaction } from "../../model/testing/messages.ts";
import { BAR_INTERVALS, BARS, barsChannel, CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import { ENTITY_SCHEMAS } from "../../protocol/stream/entities.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { Snapshot } from "../../protocol/stream/messages.ts";
import { Copy, getSnapshot, ManualSource, startTestServer, type TestServer } from "../testing/harness.ts";
import { syntheticMessages } from "../testing/recording.ts";

let server: TestServer;
let page: string;

beforeAll(async () => {
  page = mkdtempSync(join(tmpdir(), "mempulse-page-"));
  mkdirSync(join(page, "assets"));
  writeFileSync(join(page, "index.html"), "<!doctype html><title>mempulse</title>");
  writeFileSync(join(page, "assets", "index-abc123.js"), "export {};");
  server = await startTestServer({ pageDirectory: page, model: { caps: { "tx.main": 50 } } });
});

afterAll(async () => {
  await server.close();
  rmSync(page, { recursive: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A raw request, so that Host and Origin can be what a browser would not send. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { headers, method, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

function dial(url: string): Socket {
  return connect(Number(new URL(url).port), "127.0.0.1");
}

const problem = ({ body }: Answer) => JSON.parse(body) as { detail: string; field?: string; status: number };

describe("before the first message", () => {
  it("H4 answers 503 with Retry-After, never an empty state that looks valid", async () => {
    for (const path of ["/dashboard/snapshot-v2", "/health/ready"]) {
      const answer = await get(path);
      expect(answer.status).toBe(503);
      expect(answer.headers["retry-after"]).toBe("1");
      expect(answer.headers["content-type"]).toContain("application/problem+json");
    }
    expect((await get("/health/live")).status).toBe(200);
  });

  it("H4 is not ready by the Ticks that it writes for a live source, only by what the source itself gives", async () => {
    const source = new ManualSource(true);
    const live = await startTestServer({ sources: [source], pageDirectory: page });
    const statuses = () =>
      Promise.all(
        ["/dashboard/snapshot-v2", "/health/ready"].map(
          async (path) => (await fetch(`${live.url}${path}`)).status,
        ),
      );
    try {
      expect(live.model.latestIngestSeq).toBeGreaterThan(0);
      expect(await statuses()).toEqual([503, 503]);
      source.push(transaction(1));
      expect(await statuses()).toEqual([200, 200]);
    } finally {
      await live.close();
    }
  });
});

describe("with a state", () => {
  beforeAll(() => server.source.push(...syntheticMessages({ seconds: 20, txPerSecond: 5 })));

  it("H1 H5 gives a snapshot of all channels that fits the schema, each row that of its channel", async () => {
    const snapshot = await getSnapshot(server);
    expect([...Compile(Snapshot).Errors(snapshot)]).toEqual([]);
    expect(new Set(Object.keys(snapshot.channels))).toEqual(new Set(CHANNEL_NAMES));
    expect(snapshot).toMatchObject({
      epoch: server.model.epoch,
      snapshot_seq: server.model.headSeq,
      cursor: `${server.model.epoch}:${server.model.headSeq}`,
    });
    for (const name of CHANNEL_NAMES) {
      const row = Compile(ENTITY_SCHEMAS[name]);
      const channel = snapshot.channels[name];
      expect(channel?.upsert.length).toBe(channel?.count);
      for (const entity of channel?.upsert ?? []) expect([...row.Errors(entity)]).toEqual([]);
      const seqs = channel?.upsert.map(({ seq }) => seq) ?? [];
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    }
  });

  it("H1 H5 gives only the channels that were asked for, and equal text for equal state", async () => {
    const query = "/dashboard/snapshot-v2?channels=chain.main,tx.main&content_digest=1";
    const [first, second] = [await get(query), await get(query)];
    const strip = (text: string) => text.replace(/"server_time_unix_ms":\d+/, "");
    expect(strip(first.body)).toBe(strip(second.body));
    const { channels } = JSON.parse(first.body) as Snapshot;
    expect(Object.keys(channels)).toEqual(["chain.main", "tx.main"]);
    expect(channels["tx.main"]?.content_digest).toMatch(/^[0-9a-f]{16}$/);
  });

  it("H1 gives a delta to a cursor in reach, which makes a copy whole again", async () => {
    const before = await getSnapshot(server, "?channels=tx.main");
    const copy = new Copy();
    copy.load(before.snapshot_seq, before.channels["tx.main"] ?? { upsert: [] });
    server.source.push(transaction(9001), transaction(9002));
    for (const query of [`?cursor=${before.cursor}`, `?since_seq=${before.snapshot_seq}`]) {
      const delta = await getSnapshot(server, `${query}&channels=tx.main`);
      const channel = delta.channels["tx.main"];
      expect(channel).toMatchObject({ mode: "delta", count: 50 });
      expect(channel?.upsert).toHaveLength(2);
    }
    const { channels, snapshot_seq } = await getSnapshot(server, `?cursor=${before.cursor}&channels=tx.main`);
    const channel = channels["tx.main"];
    if (channel === undefined) throw new Error("no tx.main");
    copy.patch(snapshot_seq, channel);
    expect(copy.digest()).toBe(channel.digest);
    expect(snapshot_seq).toBe(server.model.headSeq);
  });

  it.each([
    ["channels=tx.mian", "channels"],
    ["channels=", "channels"],
    ["channels=market.bars:TSLA:2s", "channels"],
    ["channels=market.bars::1s", "channels"],
    [`channels=market.bars:${"x".repeat(97)}:1s`, "channels"],
    [`channels=${Array.from({ length: 65 }, (_, n) => `market.bars:S${n}:1s`).join(",")}`, "channels"],
    ["channels=tx.main&channels=pool.main", "channels"],
    ["since_seq=x", "since_seq"],
    ["since_seq=-1", "since_seq"],
    ["since_seq=1.5", "since_seq"],
    ["since_seq=9007199254740993", "since_seq"],
    ["cursor=7", "cursor"],
    ["cursor=e-x:", "cursor"],
    ["cursor=e-x:1&since_seq=1", "since_seq"],
    ["content_digest=yes", "content_digest"],
  ])("H2 snapshot-v2?%s is 400 and names %s", async (query, field) => {
    const answer = await get(`/dashboard/snapshot-v2?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(problem(answer)).toMatchObject({ field, status: 400 });
    expect(problem(answer).detail).toContain(`${field}: `);
  });

  it("H3 a foreign epoch or a seq above the head is 409 with the current epoch", async () => {
    for (const [query, field] of [
      ["cursor=e-other-0:1", "cursor"],
      [`cursor=${server.model.epoch}:99999999`, "cursor"],
      ["since_seq=99999999", "since_seq"],
    ]) {
      const answer = await get(`/dashboard/snapshot-v2?${query}`);
      expect(answer.status).toBe(409);
      expect(problem(answer)).toMatchObject({
        field,
        epoch: server.model.epoch,
        head_seq: server.model.headSeq,
      });
    }
  });

  it("H4 a snapshot that waits behind another answer on its connection takes no place", async () => {
    const socket = dial(server.url);
    const ask = "GET /dashboard/snapshot-v2 HTTP/1.1\r\nHost: localhost\r\n";
    socket.write(`${ask}\r\n${ask}Connection: close\r\n\r\n`);
    expect((await readText(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 503"]);
  });

  it("tells a transaction by its hash, in any case of letters; 404 when never seen, 400 for a bad hash", async () => {
    const found = await get(`/transactions/${hash(9001)}`);
    expect(JSON.parse(found.body)).toMatchObject({ hash: hash(9001), status: "pending" });
    expect((await get(`/transactions/${hash(9001).toUpperCase().replace("0X", "0x")}`)).status).toBe(200);
    expect((await get(`/transactions/${hash(123_456)}`)).status).toBe(404);
    for (const bad of ["0x12", "foo", `${hash(1)}0`, hash(1).slice(2)]) {
      const answer = await get(`/transactions/${bad}`);
      expect(answer.status).toBe(400);
      expect(problem(answer).field).toBe("hash");
    }
  });

  it("answers 404 for a transaction that was evicted, from the window and from the archive behind it", async () => {
    const small = await startTestServer({ pageDirectory: page, model: { caps: { "tx.main": 1 } } });
    try {
      small.source.push(transaction(1));
      const path = `${small.url}/transactions/${hash(1)}`;
      expect((await fetch(path)).status).toBe(200);
      for (let n = 2; n < 100; n++) small.source.push(transaction(n));
      expect((await fetch(path)).status).toBe(404);
    } finally {
      await small.close();
    }
  });

  it("gives the bytes of a held event, 404 for one that is not", async () => {
    const response = await fetch(`${server.url}/events/${hash(9001)}/tlv`);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(transaction(9001));
    const { channels } = await getSnapshot(server, "?channels=pool.main");
    const id = channels["pool.main"]?.upsert.at(-1)?.id ?? "";
    expect((await get(`/events/${encodeURIComponent(id)}/tlv`)).status).toBe(200);
    expect((await get("/events/log:999999/tlv")).status).toBe(404);
  });

  it("describes its channels", async () => {
    const { channels, patterns } = JSON.parse((await get("/dashboard/channels")).body) as Record<
      "channels" | "patterns",
      { name: string; cap: number; count?: number; fields: string[] }[]
    >;
    expect(channels.map(({ name }) => name).toSorted()).toEqual(CHANNEL_NAMES.toSorted());
    const transactions = channels.find(({ name }) => name === "tx.main");
    expect(transactions).toMatchObject({ cap: 50, count: 50 });
    expect(transactions?.fields).toContain("hash");
    expect(patterns).toMatchObject([
      { name: "market.bars:SYMBOL:INTERVAL", cap: BARS.cap, intervals: BAR_INTERVALS },
    ]);
    expect(patterns[0]?.fields).toContain("vwap");
  });

  it("H7 gives bars of any symbol that is asked for, by as many names as a session may have, however long they are", async () => {
    server.source.push(trade(1), tick(START_MS + 61_000), trade(2, { ms: START_MS + 61_000 }));
    const bars = barsChannel("TSLA", "1m");
    const longest = Array.from({ length: LIMITS.max_channels_count - 1 }, (_, n) =>
      barsChannel(`${"/".repeat(94)}${10 + n}`, "500ms"),
    );
    const query = new URLSearchParams({ channels: [bars, ...longest].join(",") });
    const { channels } = await getSnapshot(server, `?${query}`);
    expect(Object.keys(channels)).toHaveLength(LIMITS.max_channels_count);
    const row = Compile(ENTITY_SCHEMAS["market.bars"]);
    expect(channels[bars]?.upsert).toHaveLength(2);
    for (const bar of channels[bars]?.upsert ?? []) expect([...row.Errors(bar)]).toEqual([]);
    expect(channels[longest[0] ?? ""]).toMatchObject({ mode: "full", count: 0, upsert: [] });
  });

  it("answers the v1 routes and unknown paths 404", async () => {
    for (const path of ["/dashboard/snapshot", "/stream", "/nope", "/assets/none.js"]) {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
    }
    expect((await get("/health/live", {}, "POST")).status).toBe(404);
  });

  it("gives the metrics by their names", async () => {
    const answer = await get("/metrics");
    expect(answer.headers["content-type"]).toContain("text/plain");
    for (const line of [
      'dashboard_snapshot_build_ms{quantile="0.95"}',
      'snapshot_v2_build_ms_bucket{le="1"}',
      "dashboard_stream_backlog 0",
      "dashboard_read_model_bytes ",
      "tx_detail_index_size ",
      'dashboard_evictions_total{channel="tx.main"} 52',
      "stream_v2_dispatch_latency_ms_count 0",
      "stream_v2_gap_events_total 0",
      "stream_v2_credit_exhausted_total 0",
      "stream_v2_sessions 0",
      'ingest_messages_total{source="polygon",type="Transaction"} 102',
      'ingest_faults_total{code="clock_outlier"} 0',
      "ingest_duplicates_total 0",
      'bars_trades_total{outcome="evicted_bucket"} 0',
      "process_cpu_seconds_total ",
    ]) {
      expect(answer.body).toContain(line);
    }
  });
});

describe("the page", () => {
  it("is asked for anew, its hashed assets never", async () => {
    const index = await get("/");
    expect(index.headers["cache-control"]).toBe("no-cache");
    expect(index.body).toContain("<title>mempulse</title>");
    const asset = await get("/assets/index-abc123.js");
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(asset.headers["content-type"]).toContain("javascript");
  });

  it("stands under a policy that runs nothing but its own scripts and workers", async () => {
    const { headers } = await get("/");
    const policy = headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("worker-src 'self'");
    expect(policy).toContain("connect-src 'self' ws:");
    expect(policy).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  it("leaves its directory by no path", async () => {
    for (const path of ["/../package.json", "/..%2fpackage.json", "/assets/../../package.json"]) {
      expect((await get(path)).status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe("who may ask", () => {
  it.each([
    [{ host: "evil.example" }, 403],
    [{ host: "localhost.evil.example" }, 403],
    [{ host: "evil@localhost" }, 403],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "file://" }, 403],
    [{ host: "localhost:1234" }, 200],
    [{ host: "[::1]:8080" }, 200],
    [{ origin: "http://localhost:5173" }, 200],
  ])("H6 %j gets %i", async (headers, status) => {
    const answer = await get("/health/live", headers);
    expect(answer.status).toBe(status);
    const origin = (headers as { origin?: string }).origin;
    if (status === 200 && origin !== undefined) {
      expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    }
    if (status === 403) expect(problem(answer).detail).toMatch(/Host|Origin/);
  });

  it("H6 a name that was added may", async () => {
    const open = await startTestServer({ allowHosts: ["dash.example"], pageDirectory: page });
    try {
      const response = await fetch(`${open.url}/health/live`, {
        headers: { origin: "https://dash.example" },
      });
      expect(response.status).toBe(200);
    } finally {
      await open.close();
    }
  });
});
