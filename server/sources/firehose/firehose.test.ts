import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { rowsOf } from "../../../model/testing/messages.ts";
import { startServer } from "../../server.ts";
import { VirtualClock } from "../../testing/clock.ts";
import { getMetric } from "../../testing/harness.ts";
import { Firehose, type FirehoseOptions } from "./firehose.ts";
import { FIREHOSE_LIMITS } from "./limits.ts";
import { Listener } from "./listener.ts";
import { FirehoseSource, readFirehoseSpec } from "./source.ts";
import { Feed, KEY, tradeItem } from "./testing/feed.ts";

/** Lines of a log, and a way to wait for one. */
class Lines {
  readonly all: string[] = [];
  #changed = (): void => {};

  readonly log = (line: string): void => {
    this.all.push(line);
    this.#changed();
  };

  async until(text: string): Promise<string> {
    for (;;) {
      const found = this.all.find((line) => line.includes(text));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

async function condition(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

let feed: Feed;
const lines = () => new Lines();

beforeEach(async () => {
  feed = await Feed.start();
});
afterEach(() => feed.stop());

function open(fields: Partial<FirehoseOptions> = {}) {
  const log = lines();
  const firehose = new Firehose({
    url: feed.url,
    key: KEY,
    subscriptions: ["T.*"],
    random: () => 0,
    log: log.log,
    ...fields,
  });
  const got: unknown[] = [];
  const take = (trades: readonly object[]) => {
    got.push(...trades);
    return null;
  };
  firehose.attach({ name: "test", subscriptions: new Set(["T.*"]), take });
  return { firehose, log, got, ended: firehose.run() };
}

describe("upstream", () => {
  it("authenticates, subscribes, and hands trades over", async () => {
    const { firehose, got, ended } = open({ subscriptions: ["T.TSLA", "T.AAPL"] });
    await feed.subscribers(1);
    expect(feed.heard.map((text) => JSON.parse(text) as unknown)).toEqual([
      { action: "auth", params: KEY },
      { action: "subscribe", params: "T.TSLA,T.AAPL" },
    ]);
    feed.push(tradeItem(1), { ev: "Q", sym: "TSLA" }, tradeItem(2));
    await condition(() => got.length === 2);
    expect(firehose.state).toBe("live");
    expect(firehose.received).toBe(2);
    firehose.stop();
    await ended;
    expect(firehose.state).toBe("stopped");
  });

  it("comes back after a cut, and subscribes anew", async () => {
    const { firehose, got, log, ended } = open();
    await feed.subscribers(1);
    feed.push(tradeItem(1));
    await condition(() => got.length === 1);
    feed.drop();
    await log.until("the connection closed (1006)");
    await feed.subscribers(1);
    feed.push(tradeItem(2));
    await condition(() => got.length === 2);
    expect(feed.connections).toBe(2);
    firehose.stop();
    await ended;
  });

  it("comes back after the server was away", async () => {
    const { firehose, got, log, ended } = open();
    await feed.subscribers(1);
    const { port } = feed;
    await feed.stop();
    await log.until("ECONNREFUSED");
    feed = await Feed.start(port);
    await feed.subscribers(1);
    feed.push(tradeItem(1));
    await condition(() => got.length === 1);
    expect(firehose.state).toBe("live");
    firehose.stop();
    await ended;
  });

  it.each([
    ["auth", "no answer to auth in 10000 ms"],
    ["subscribe", "no answer to subscribe in 10000 ms"],
  ] as const)("goes on where the server never answers %s", async (what, reason) => {
    feed.moods[what] = "ignore";
    const clock = new VirtualClock();
    const { firehose, log, ended } = open({ clock });
    await condition(() => feed.heard.some((text) => text.includes(`"action":"${what}"`)));
    clock.advance(FIREHOSE_LIMITS.step_timeout_ms);
    expect(await log.until("no answer")).toContain(reason);
    clock.advance(FIREHOSE_LIMITS.backoff_most_ms);
    await condition(() => feed.connections === 2);
    expect(firehose.state).not.toBe("live");
    firehose.stop();
    await ended;
  });

  it("notices a connection on which nothing comes any more", async () => {
    const clock = new VirtualClock();
    const { firehose, log, ended } = open({ clock });
    await feed.subscribers(1);
    await condition(() => firehose.state === "live");
    // No pong is read between the steps: as far as this end can tell, the other is gone.
    clock.advance(FIREHOSE_LIMITS.dead_after_ms + FIREHOSE_LIMITS.ping_interval_ms);
    expect(await log.until("not even a pong")).toContain("again in");
    firehose.stop();
    await ended;
  });

  it("a wrong key ends it with one line that does not tell the key", async () => {
    const { ended, log } = open({ key: "another-secret" });
    const error = await ended.catch((reason: unknown) => reason);
    expect(String(error)).toContain(`firehose 127.0.0.1:${feed.port}: the key was refused: no such key: ***`);
    expect(JSON.stringify(log.all)).not.toContain("another-secret");
  });

  it("a frame that cannot be read is skipped, counted and said once; others go on", async () => {
    const { firehose, got, log, ended } = open();
    await feed.subscribers(1);
    feed.send(`{"${KEY}":1,"${KEY}":2}`);
    feed.send("null");
    feed.push(tradeItem(1));
    await condition(() => got.length === 1);
    expect(firehose.badFrames).toBe(2);
    expect(log.all.filter((line) => line.includes("a frame was skipped"))).toHaveLength(1);
    expect(log.all.join()).not.toContain(KEY);
    firehose.stop();
    await ended;
  });

  it("is live by its trades where the server confirms no subscription", async () => {
    feed.moods.subscribe = "ignore";
    const { firehose, got, ended } = open();
    await feed.subscribers(1);
    expect(firehose.state).toBe("subscribing");
    feed.push(tradeItem(1));
    await condition(() => got.length === 1);
    expect(firehose.state).toBe("live");
    firehose.stop();
    await ended;
  });
});

describe("downstream", () => {
  async function setUp(key: string | null = null) {
    const log = lines();
    const firehose = new Firehose({
      url: feed.url,
      key: KEY,
      subscriptions: ["T.*"],
      random: () => 0,
      log: log.log,
    });
    const ended = firehose.run();
    const listener = new Listener({ firehose, host: "127.0.0.1", port: 0, key, log: log.log });
    const url = await listener.start();
    await feed.subscribers(1);
    const stop = async () => {
      firehose.stop();
      await ended;
      await listener.stop();
    };
    return { firehose, url, log, stop };
  }

  /** A consumer as users write one. */
  async function consume(url: string, params: string, key = "any") {
    const socket = new WebSocket(url);
    const items: Record<string, unknown>[] = [];
    let closed: { code: number; reason: string } | null = null;
    socket.on("message", (data: Buffer) => {
      for (const item of JSON.parse(data.toString()) as Record<string, unknown>[]) {
        items.push(item);
        if (item["status"] === "connected") socket.send(JSON.stringify({ action: "auth", params: key }));
        if (item["status"] === "auth_success") socket.send(JSON.stringify({ action: "subscribe", params }));
      }
    });
    socket.on("close", (code, reason) => {
      closed = { code, reason: reason.toString() };
    });
    const status = (name: string) => items.some((item) => item["status"] === name);
    await condition(() => status("success") || status("error") || closed !== null);
    const trades = () => items.filter(({ ev }) => ev === "T");
    return { socket, items, trades, closed: () => closed };
  }

  it("any number of consumers get what they subscribe to over one upstream, numbers as they came", async () => {
    const { firehose, url, stop } = await setUp();
    const all = await consume(url, "T.*");
    const one = await consume(url, "T.AAPL");
    const other = await consume(url, "T.TSLA,T.MSFT");
    const frames: string[] = [];
    all.socket.on("message", (data: Buffer) => frames.push(data.toString()));
    feed.send('[{"ev":"T","sym":"TSLA","i":"1","x":4,"p":427.50,"s":4.522e-05,"t":1760375617662}]');
    feed.push(tradeItem(2, { sym: "AAPL" }), tradeItem(3, { sym: "MSFT" }));
    await condition(
      () => all.trades().length === 3 && other.trades().length === 2 && one.trades().length === 1,
    );
    expect(frames[0]).toContain('"p":427.50,"s":4.522e-05');
    expect(feed.connections).toBe(1);
    expect(firehose.accounts().map(({ matched, forwarded }) => [matched, forwarded])).toEqual([
      [3, 3],
      [1, 1],
      [2, 2],
    ]);
    one.socket.terminate();
    await condition(() => firehose.accounts().length === 2);
    await stop();
  });

  it("is a firehose itself: another server's source reads it", async () => {
    const { url, stop, log } = await setUp();
    const source = new FirehoseSource({
      url: new URL(url),
      key: "any",
      subscriptions: ["T.TSLA"],
      log: log.log,
    });
    const messages: Uint8Array[] = [];
    const ended = source.start((message) => messages.push(message));
    await condition(() => source.firehose.state === "live");
    feed.push(tradeItem(1), tradeItem(2, { sym: "AAPL" }), tradeItem(3));
    await condition(() => source.firehose.received === 2);
    // The symbol's name, and two trades.
    expect(messages).toHaveLength(3);
    await source.stop();
    await ended;
    await stop();
  });

  it("unsubscribing leaves the rest, and a second subscribe adds", async () => {
    const { url, stop } = await setUp();
    const { socket, items, trades } = await consume(url, "T.A,T.B");
    socket.send(JSON.stringify({ action: "unsubscribe", params: "T.A" }));
    socket.send(JSON.stringify({ action: "subscribe", params: "T.C" }));
    await condition(() => items.filter(({ status }) => status === "success").length === 3);
    feed.push(...["A", "B", "C", "D"].map((sym, n) => tradeItem(n, { sym })));
    await condition(() => trades().length === 2);
    expect(trades().map(({ sym }) => sym)).toEqual(["B", "C"]);
    await stop();
  });

  it("refuses a wrong key, what is no request, and a subscription to what there is not", async () => {
    const { url, stop, log } = await setUp("the key of the house");
    const stranger = await consume(url, "T.*");
    await condition(() => stranger.closed() !== null);
    expect(stranger.closed()).toEqual({ code: 1008, reason: "authentication failed" });
    await log.until("was refused: wrong key");
    const friend = await consume(url, "Q.*", "the key of the house");
    expect(friend.items.at(-1)).toMatchObject({ status: "error" });
    friend.socket.send("nonsense");
    await condition(() => friend.closed() !== null);
    expect(friend.closed()).toEqual({ code: 1008, reason: "expected {action, params}" });
    await stop();
  });

  it("cuts off one that does not read, by name; the others get everything", async () => {
    const { firehose, url, stop } = await setUp();
    const slow = await consume(url, "T.*");
    const well = await consume(url, "T.*");
    slow.socket.pause();
    const item = tradeItem(1, { note: "x".repeat(100_000) });
    let sent = 0;
    while (firehose.accounts().length === 2) {
      feed.push(item);
      sent++;
      await condition(() => well.trades().length === sent);
    }
    expect(sent * 100_000).toBeGreaterThan(FIREHOSE_LIMITS.downstream_buffered_bytes);
    feed.push(tradeItem(2));
    await condition(() => well.trades().length === sent + 1);
    slow.socket.terminate();
    await stop();
  });
});

describe("the source", () => {
  it("reads its spec, with the key from the environment alone", () => {
    const env = { MEMPULSE_FIREHOSE_KEY: "k" };
    expect(readFirehoseSpec("wss://host/stocks#T.AAPL,T.BRK.B", "--source", env)).toMatchObject({
      key: "k",
      subscriptions: ["T.AAPL", "T.BRK.B"],
    });
    expect(readFirehoseSpec("wss://host/stocks", "--source", env)).toMatchObject({ subscriptions: ["T.*"] });
    expect(() => readFirehoseSpec("http://host", "--upstream", env)).toThrow(
      "--upstream: expected ws://HOST/PATH",
    );
    expect(() => readFirehoseSpec("wss://host#AAPL", "--source", env)).toThrow("expected T.* or T.SYMBOL");
    expect(() => readFirehoseSpec("wss://host#%zz", "--source", env)).toThrow("expected T.* or T.SYMBOL");
    expect(() => readFirehoseSpec("wss://host", "--source", {})).toThrow(
      "--source: MEMPULSE_FIREHOSE_KEY is not set",
    );
  });

  it("feeds a server: bars of each symbol, what does not fit counted, received equal to forwarded and dropped", async () => {
    const log = lines();
    const source = new FirehoseSource({ url: feed.url, key: KEY, subscriptions: ["T.*"], log: log.log });
    const server = await startServer({ sources: [source], port: 0, log: log.log });
    await feed.subscribers(1);
    const long = ["LONGSYMBOL1", "LONGSYMBOL2"];
    feed.push(
      tradeItem(1, { p: 10.5, s: 2 }),
      tradeItem(2, { p: 11, s: 1 }),
      tradeItem(3, { p: "x" }),
      tradeItem(4, { sym: long[0] }),
      tradeItem(5, { sym: long[1] }),
    );
    await condition(() => source.firehose.received === 5);
    expect(source.faultCounts()).toEqual({
      firehose_bad_frame: 0,
      firehose_bad_trade: 1,
      firehose_ambiguous_symbol: 1,
      firehose_stalled: 0,
    });
    await condition(() => server.model.latestIngestSeq >= 5);
    const market = rowsOf(server.model, "market.main").map(({ id, close, volume, trades }) => [
      id,
      close,
      volume,
      trades,
    ]);
    expect(market).toEqual([
      ["TSLA", "11", "3", 2],
      ["LONGSYMBOL1", "427.5288", "1", 1],
    ]);
    expect(await getMetric(server, 'stage_in_total{stage="firehose"}')).toBe(5);
    expect(await getMetric(server, 'stage_out_total{stage="firehose"}')).toBe(3);
    expect(await getMetric(server, 'stage_dropped_total{stage="firehose",reason="unfit for a TLV"}')).toBe(2);
    await server.close();
  });
});
