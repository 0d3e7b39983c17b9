/** `/dashboard/stream-v2`: upgrades on the HTTP server, the set of sessions, their timeouts, their end. */
import { randomBytes } from "node:crypto";
import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { CLOSE, LIMITS } from "../../protocol/stream/limits.ts";
import type { Clock } from "../clock.ts";
import type { AllowList } from "../http/allow-list.ts";
import { PROBLEM_TYPE, Problem } from "../http/problem.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { Hub, type HubMeter, type StreamModel } from "./hub.ts";
import { type SessionMeter, SocketSession } from "./socket.ts";

export const STREAM_PATH = "/dashboard/stream-v2";

/** A constant of its own because `closeTimeout` is newer than the types of ws. */
const UPGRADER = {
  noServer: true,
  clientTracking: false,
  maxPayload: LIMITS.max_client_frame_bytes,
  perMessageDeflate: false,
  closeTimeout: SERVER_LIMITS.close_timeout_ms,
};

export interface GatewayOptions {
  readonly model: StreamModel;
  readonly clock: Clock;
  readonly meter: HubMeter & SessionMeter;
  readonly allow: AllowList;
  /** Default SERVER_LIMITS.max_sessions_count. */
  readonly maxSessions?: number;
}

export class StreamGateway {
  readonly hub: Hub;
  readonly #options: GatewayOptions;
  readonly #maxSessions: number;
  readonly #sockets = new Map<WebSocket, SocketSession>();
  readonly #upgrader = new WebSocketServer(UPGRADER);
  #cancelCheck: (() => void) | null = null;
  #closing = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#maxSessions = options.maxSessions ?? SERVER_LIMITS.max_sessions_count;
    this.hub = new Hub(options.model, options.clock, options.meter);
  }

  get sessionCount(): number {
    return this.#sockets.size;
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Closes every session with 1012 and cuts off those that do not answer. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelCheck?.();
    const closed = [...this.#sockets].map(([socket, session]) => {
      const done = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      session.shutdown();
      return done;
    });
    const cancel = this.#options.clock.after(SERVER_LIMITS.shutdown_grace_ms, () => {
      for (const socket of this.#sockets.keys()) socket.terminate();
    });
    await Promise.all(closed);
    cancel();
    this.hub.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#options.allow.refusal(request.headers);
    if (refusal !== null) {
      refuse(socket, new Problem(403, refusal));
    } else if (request.url?.split("?", 1)[0] !== STREAM_PATH) {
      refuse(socket, new Problem(404, `no stream at ${request.url}; it is ${STREAM_PATH}`));
    } else if (this.#closing) {
      refuse(socket, new Problem(503, "the server stops"));
    } else {
      this.#upgrader.handleUpgrade(request, socket, head, (webSocket) => this.accept(webSocket));
    }
  }

  /** Takes a socket that was upgraded. */
  accept(socket: WebSocket): void {
    if (this.#sockets.size >= this.#maxSessions) {
      socket.on("error", () => socket.terminate());
      socket.close(CLOSE.too_many_sessions.code, CLOSE.too_many_sessions.text);
      return;
    }
    const { model, clock, meter } = this.#options;
    const id = `sess_${randomBytes(9).toString("base64url")}`;
    const session = new SocketSession(socket, id, { model, clock, meter, hub: this.hub });
    this.#sockets.set(socket, session);
    this.hub.add(session);
    socket.on("close", () => this.#sockets.delete(socket));
    this.#cancelCheck ??= this.#checkLater();
  }

  #checkLater(): () => void {
    return this.#options.clock.after(SERVER_LIMITS.session_check_ms, () => {
      this.#cancelCheck = null;
      for (const session of this.#sockets.values()) session.check();
      if (this.#sockets.size > 0) this.#cancelCheck = this.#checkLater();
    });
  }
}

function refuse(socket: Duplex, problem: Problem): void {
  const body = problem.body();
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\n` +
      `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
