import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../../clock.ts";
import { FakeNode, NO_ANSWER, refuse } from "../testing/fake-node.ts";
import { askChainId } from "./chain-id.ts";
import { openRpc } from "./open.ts";
import { parseRpcUrl, RPC_LIMITS, RpcError } from "./rpc.ts";
import { Turnstile } from "./turnstile.ts";
import { WsRpc } from "./ws.ts";

/** A clock whose timers run when told. */
function handClock() {
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => ({ ms: 0, unix_ms: 0 }),
    after: (_ms, run) => {
      timers.add(run);
      return () => timers.delete(run);
    },
  };
  const expire = (): void => {
    const due = [...timers];
    timers.clear();
    for (const run of due) run();
  };
  return { clock, expire, timers };
}

describe("over a WebSocket", () => {
  let node: FakeNode;
  beforeEach(async () => {
    node = await FakeNode.start();
  });
  afterEach(() => node.stop());
  const open = (clock: Clock = systemClock) => WsRpc.open(new URL(node.url), clock);

  test("answers find their questions, in any order", async () => {
    const rpc = await open();
    node.handlers.echo = ([value]) => value;
    const values = Array.from({ length: 500 }, (_, n) => n);
    expect(await Promise.all(values.map((value) => rpc.request("echo", [value])))).toEqual(values);
    expect(await askChainId(rpc)).toBe(31_337);
    rpc.close();
  });

  test("a refusal names method, node and the node's reason, without the URL's secret", async () => {
    const rpc = await WsRpc.open(new URL(`${node.url}/secret`), systemClock);
    node.handlers.eth_call = () => refuse(3, "execution reverted");
    const error = await rpc.request("eth_call", []).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: "RpcError",
      code: 3,
      message: `eth_call at ${node.url}: execution reverted`,
    });
    rpc.close();
  });

  test("no answer in time is an error, its timer is gone with the answer", async () => {
    const { clock, expire, timers } = handClock();
    const rpc = await open(clock);
    node.handlers.eth_call = () => NO_ANSWER;
    const silent = rpc.request("eth_call", []).catch((reason: unknown) => reason);
    await rpc.request("eth_chainId", []);
    // Beside the one that looks after the connection.
    expect(timers.size).toBe(2);
    expire();
    expect(await silent).toMatchObject({
      message: `eth_call at ${node.url}: no answer in ${RPC_LIMITS.request_timeout_ms} ms`,
    });
    rpc.close();
  });

  test("when the connection ends, all that waits is told, and so is who asks later", async () => {
    const rpc = await open();
    node.handlers.eth_call = () => NO_ANSWER;
    const waiting = Promise.allSettled([rpc.request("eth_call", []), rpc.request("eth_call", [])]);
    await rpc.request("eth_chainId", []);
    node.drop();
    const reason = new RpcError(`${node.url}: the connection closed (1006)`);
    expect(await waiting).toEqual([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    expect((await rpc.ended).message).toBe(`${node.url}: the connection closed (1006)`);
    await expect(rpc.request("eth_chainId", [])).rejects.toThrow("the connection closed (1006)");
  });

  test.each(["not json", "7", "null"])(
    "a frame that is no message (%s) ends the connection, by name",
    async (text) => {
      const rpc = await open();
      node.send(text);
      expect((await rpc.ended).message).toBe(`${node.url}: sent what is no JSON-RPC message`);
    },
  );

  test("what a provider repeats of the URL is not shown", async () => {
    const rpc = await WsRpc.open(new URL(`${node.url}/v2/s3cr3t-key-0123?token=another-key-9`), systemClock);
    node.handlers.eth_call = () => refuse(-32_001, "no project s3cr3t-key-0123, token another-key-9");
    await expect(rpc.request("eth_call", [])).rejects.toThrow(
      `eth_call at ${node.url}: no project ***, token ***`,
    );
    rpc.close();
  });

  test("many requests go in batches, with their answers in order", async () => {
    const rpc = await open();
    node.handlers.echo = ([value]) => value;
    const values = Array.from({ length: 70 }, (_, n) => [n]);
    expect(await rpc.requestMany("echo", values)).toEqual(values.flat());
    expect(node.batches).toEqual([32, 32, 6]);
    node.handlers.echo = ([value]) => (value === 3 ? refuse(-1, "not three") : value);
    await expect(rpc.requestMany("echo", values)).rejects.toThrow("not three");
    rpc.close();
  });

  test("a node that takes no batches is asked one by one, from then on", async () => {
    const rpc = await open();
    node.refusesBatches = true;
    node.handlers.echo = ([value]) => value;
    expect(await rpc.requestMany("echo", [[1], [2]])).toEqual([1, 2]);
    expect(await rpc.requestMany("echo", [[3], [4]])).toEqual([3, 4]);
    expect(node.batches).toEqual([]);
    rpc.close();
  });

  test("a connection on which nothing is heard, not even to a ping, is cut", async () => {
    const { clock, expire } = handClock();
    const rpc = await open(clock);
    await rpc.request("eth_chainId", []);
    node.deafen();
    // It was heard until now; then it is pinged; then it is cut.
    expire();
    expire();
    expire();
    expect((await rpc.ended).message).toBe(`${node.url}: nothing was heard for 20000 ms`);
  });

  test("messages that nobody waits for are passed over", async () => {
    const rpc = await open();
    node.send(JSON.stringify({ id: 77, result: 1 }));
    node.send(JSON.stringify({ id: null, error: {} }));
    node.send(JSON.stringify([]));
    node.emit("0x9", {});
    expect(await rpc.request("eth_chainId", [])).toBe("0x7a69");
    rpc.close();
  });

  test("an item that follows its subscription's answer at once is not lost", async () => {
    const rpc = await open();
    node.handlers["eth_subscribe newHeads"] = () => {
      // In the same read, as a rule.
      setImmediate(() => node.emit("s1", "first"));
      return "s1";
    };
    const items: unknown[] = [];
    await rpc.subscribe(["newHeads"], (item) => items.push(item));
    await rpc.request("eth_chainId", []);
    expect(items).toEqual(["first"]);
    rpc.close();
  });
});

describe("over HTTP", () => {
  async function withServer(listener: RequestListener, ask: (url: string) => Promise<void>) {
    const server = createServer(listener);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  test("an answer, an error status, and what is no JSON", async () => {
    let body = '{"jsonrpc":"2.0","id":1,"result":"0x1"}';
    let status = 200;
    await withServer(
      (_request, response) => response.writeHead(status).end(body),
      async (url) => {
        const rpc = await openRpc(url, systemClock);
        expect(await askChainId(rpc)).toBe(1);
        body = "<html>";
        await expect(rpc.request("eth_call", [])).rejects.toThrow(`eth_call at ${url}: `);
        status = 429;
        await expect(rpc.request("eth_call", [])).rejects.toThrow(`eth_call at ${url}: HTTP 429`);
        status = 200;
        body = "{}";
        await expect(rpc.request("eth_call", [])).rejects.toThrow("answer has neither result nor error");
        body = '{"result":"one"}';
        await expect(askChainId(rpc)).rejects.toThrow("the node's answer is no chain id");
      },
    );
  });
});

test("a URL that is none, or of another kind, is one line", () => {
  expect(() => parseRpcUrl("wss://host:99999/v2/key")).toThrow(
    /^expected a node's URL, ws:\/\/HOST or wss:\/\/HOST or http:\/\/HOST or https:\/\/HOST, got none$/,
  );
  expect(() => parseRpcUrl("http://host/key", ["ws:"])).toThrow(
    new RpcError("expected a node's URL, ws://HOST, got http://host"),
  );
});

test("a handshake that meets a rate limit says how long to wait", async () => {
  const server = createServer((_request, response) => response.writeHead(429, { "retry-after": "7" }).end());
  server.on("upgrade", (_request, socket) =>
    socket.end("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const error = await openRpc(`ws://127.0.0.1:${port}/key`, systemClock).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    message: `cannot connect to ws://127.0.0.1:${port}: HTTP 429`,
    retry_after_ms: 7_000,
  });
  server.close();
});

test("an attempt to connect can be given up", async () => {
  const server = createTcpServer(() => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const stop = new AbortController();
  const opening = WsRpc.open(new URL(`ws://127.0.0.1:${port}`), systemClock, RPC_LIMITS, stop.signal);
  stop.abort();
  await expect(opening).rejects.toThrow(RpcError);
  server.close();
});

test("nobody there is one line with the host alone", async () => {
  await expect(openRpc("ws://127.0.0.1:9/key", systemClock)).rejects.toThrow(
    /^cannot connect to ws:\/\/127\.0\.0\.1:9: connect ECONNREFUSED/,
  );
});

test("a turnstile lets through no more than its count at once, and all in the end", async () => {
  const turnstile = new Turnstile(3);
  let inside = 0;
  let most = 0;
  const visit = async (fails: boolean) => {
    inside += 1;
    most = Math.max(most, inside);
    await Promise.resolve();
    inside -= 1;
    if (fails) throw new Error("left in anger");
  };
  const visits = Array.from({ length: 20 }, (_, n) => turnstile.pass(() => visit(n % 2 === 0)));
  const ends = await Promise.allSettled(visits);
  expect(most).toBe(3);
  expect(ends.filter(({ status }) => status === "rejected")).toHaveLength(10);
});
