/**
 * Downstream: consumers by WebSocket that speak the firehose's own protocol (auth, subscribe, unsubscribe; arrays of
 * items), so that what reads the firehose reads this. One that does not keep up is cut off with a reason, and no other
 * waits for it.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "lossless-json";
import { type WebSocket, WebSocketServer } from "ws";
import { CliError } from "../../cli/errors.ts";
import { type Clock, systemClock } from "../../clock.ts";
import type { Consumer } from "./fan-out.ts";
import type { Firehose } from "./firehose.ts";
import type { Item } from "./items.ts";
import { FIREHOSE_LIMITS as LIMITS } from "./limits.ts";
import { readSubscriptions } from "./subscriptions.ts";

export interface ListenerOptions {
  readonly firehose: Firehose;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What consumers authenticate with; null: any key will do. */
  readonly key: string | null;
  readonly clock?: Clock;
  log(line: string): void;
}

/** RFC 6455: try again later. */
const CLOSE_SLOW = 1013;
const CLOSE_POLICY = 1008;

export class Listener {
  readonly #options: ListenerOptions;
  /** With keep-alives, since a consumer that is gone without a word would hold its place for hours. */
  readonly #http: Server = createServer(
    { keepAlive: true, keepAliveInitialDelay: LIMITS.ping_interval_ms },
    (_request, response) => response.writeHead(426).end("a WebSocket is needed\n"),
  );
  readonly #sockets = new WebSocketServer({
    server: this.#http,
    maxPayload: LIMITS.downstream_frame_bytes,
    perMessageDeflate: false,
  });
  /** A frame's text for all that take the whole of it. */
  #shared: { readonly trades: readonly Item[]; readonly text: string } | null = null;
  #count = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
    // The server's errors come here too: `start` rejects with the one that counts.
    this.#sockets.on("error", () => {});
    this.#sockets.on("connection", (socket, { socket: { remoteAddress, remotePort } }) =>
      this.#accept(socket, `downstream ${remoteAddress}:${remotePort}`),
    );
  }

  /** Resolves with the URL. Rejects with CliError where it cannot listen. */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    this.#http.listen(port, host);
    try {
      await once(this.#http, "listening");
    } catch (error) {
      throw new CliError(`--listen: ${host}:${port}: ${(error as Error).message}`);
    }
    return `ws://${host}:${(this.#http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, "close");
  }

  #accept(socket: WebSocket, name: string): void {
    const { firehose, log, key, clock = systemClock } = this.#options;
    socket.on("error", () => socket.terminate());
    if (this.#count >= LIMITS.downstream_count) return socket.close(CLOSE_SLOW, "too many connections");
    this.#count++;
    const subscriptions = new Set<string>();
    let isKnown = false;
    const consumer: Consumer = { name, subscriptions, take: (trades) => this.#send(socket, trades) };
    const cancelWait = clock.after(LIMITS.step_timeout_ms, () => {
      if (!isKnown) socket.close(CLOSE_POLICY, "no auth in time");
    });
    socket.on("close", () => {
      cancelWait();
      this.#count--;
      firehose.detach(consumer);
    });
    say(socket, "connected", "Connected Successfully");
    socket.on("message", (data: Buffer) => {
      const request = readRequest(data.toString("utf8"));
      if (request === null) return socket.close(CLOSE_POLICY, "expected {action, params}");
      const { action, params } = request;
      if (action === "auth") {
        isKnown = key === null || params === key;
        say(
          socket,
          isKnown ? "auth_success" : "auth_failed",
          isKnown ? "authenticated" : "authentication failed",
        );
        if (!isKnown) {
          log(`firehose: ${name} was refused: wrong key`);
          socket.close(CLOSE_POLICY, "authentication failed");
        }
        return;
      }
      if (!isKnown) return socket.close(CLOSE_POLICY, "auth comes first");
      const names = readSubscriptions(params);
      if (names === null)
        return say(socket, "error", "params: expected T.* or T.SYMBOL, with commas between");
      if (action === "subscribe") {
        if (subscriptions.size + names.length > LIMITS.subscriptions_count) {
          return say(socket, "error", `params: over ${LIMITS.subscriptions_count} subscriptions`);
        }
        if (subscriptions.size === 0) firehose.attach(consumer);
        for (const each of names) subscriptions.add(each);
        say(socket, "success", `subscribed to: ${names.join(",")}`);
      } else {
        for (const each of names) subscriptions.delete(each);
        if (subscriptions.size === 0) firehose.detach(consumer);
        say(socket, "success", `unsubscribed to: ${names.join(",")}`);
      }
    });
  }

  #send(socket: WebSocket, trades: readonly Item[]): { dropped: number; reason: string } | null {
    if (socket.readyState !== socket.OPEN) return { dropped: trades.length, reason: "closing" };
    if (socket.bufferedAmount > LIMITS.downstream_buffered_bytes) {
      const reason = `slow: over ${LIMITS.downstream_buffered_bytes} bytes unsent`;
      socket.close(CLOSE_SLOW, reason);
      socket.terminate();
      return { dropped: trades.length, reason };
    }
    if (this.#shared?.trades !== trades) this.#shared = { trades, text: stringify(trades) ?? "[]" };
    socket.send(this.#shared.text);
    return null;
  }
}

function say(socket: WebSocket, status: string, message: string): void {
  socket.send(JSON.stringify([{ ev: "status", status, message }]));
}

const ACTIONS = ["auth", "subscribe", "unsubscribe"] as const;

function readRequest(text: string): { action: (typeof ACTIONS)[number]; params: string } | null {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return null;
  }
  const { action, params } = (request ?? {}) as { action?: unknown; params?: unknown };
  const known = ACTIONS.find((each) => each === action);
  return known === undefined || typeof params !== "string" ? null : { action: known, params };
}
