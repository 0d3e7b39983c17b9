/** The downstream's place among hosts that are not as they should be; what it serves is tested with the firehose. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { CliError } from "../../cli/errors.ts";
import type { Clock } from "../../clock.ts";
import { VirtualClock } from "../../testing/clock.ts";
import { Firehose } from "./firehose.ts";
import { FIREHOSE_LIMITS } from "./limits.ts";
import { Listener } from "./listener.ts";

const HOST = "127.0.0.1";

async function start(port = 0, clock?: Clock) {
  const log = (): void => {};
  const firehose = new Firehose({ url: new URL("ws://upstream"), key: "k", subscriptions: ["T.*"], log });
  const listener = new Listener({ firehose, host: HOST, port, key: null, log, ...(clock && { clock }) });
  return { listener, url: new URL(await listener.start()) };
}

it("a port that is in use is one line", async () => {
  const { listener, url } = await start();
  const second = start(Number(url.port));
  await expect(second).rejects.toThrow(CliError);
  await expect(second).rejects.toThrow(`--listen: ${url.host}: listen EADDRINUSE`);
  await listener.stop();
});

it.each(["", "GET / HTTP/1.1\r\nHo"])("stops though a connection has said %j and no more", async (said) => {
  const { listener, url } = await start();
  const socket = connect(Number(url.port), HOST);
  socket.on("error", () => {});
  await once(socket, "connect");
  if (said !== "") socket.write(said);
  const closed = new Promise((resolve) => void socket.once("close", resolve));
  await listener.stop();
  await closed;
  expect(socket.destroyed).toBe(true);
});

it("a consumer that does not authenticate gives its place up, one that does keeps it", async () => {
  const clock = new VirtualClock();
  const { listener, url } = await start(0, clock);
  const [silent, known] = [new WebSocket(url), new WebSocket(url)];
  await Promise.all([once(silent, "message"), once(known, "message")]);
  known.send(JSON.stringify({ action: "auth", params: "any" }));
  await once(known, "message");
  clock.advance(FIREHOSE_LIMITS.step_timeout_ms);
  const [code, reason] = (await once(silent, "close")) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1008, "no auth in time"]);
  expect(known.readyState).toBe(WebSocket.OPEN);
  known.terminate();
  await listener.stop();
  expect(clock.pending).toBe(0);
});
