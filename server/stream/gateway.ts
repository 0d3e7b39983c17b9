/** `/dashboard/stream-v2`: upgrades on the HTTP server, the set of sessions, their timeouts, their end. */
import { randomBytes } from "node:crypto";
import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { CLOSE, LIMITS } from "../../protocol/stream/limits.ts";
import { AddressCounts } from "../address-counts.ts";
import type { LoopClock } from "../clock.ts";
import type { AllowList } from "../http/allow-list.ts";
import { PROBLEM_TYPE, Problem } from "../http/problem.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { Hub, type HubMeter, type StreamModel } from "./hub.ts";
import { type SessionMeter, SocketSession } from "./socket.ts";
import { resumeTokens, type Tokens } from "./token.ts";

export const STREAM_PATH = "/dashboard/stream-v2";

/** A constant of its own because some of it is newer than the types of ws. */
const UPGRADER = {
  noServer: true,
  clientTracking: false,
  maxPayload: LIMITS.max_client_frame_bytes,
  maxFragments: SERVER_LIMITS.max_message_pieces_count,
  maxBufferedChunks: SERVER_LIMITS.max_message_pieces_count,
  perMessageDeflate: false,
  autoPong: false,
  closeTimeout: SERVER_LIMITS.close_timeout_ms,
};

export interface GatewayOptions {
  readonly model: StreamModel;
  readonly clock: LoopClock;
  readonly meter: StreamMeter;
  readonly allow: AllowList;
  /** Signs resume tokens. Default: a random one, so that only this gateway honours them. */
  readonly resumeSecret?: string;
  /** Default SERVER_LIMITS.max_sessions_count. */
  readonly maxSessions?: number;
  /** Default SERVER_LIMITS.max_sessions_per_address_count. */
  readonly maxSessionsPerAddress?: number;
}

export interface StreamMeter extends HubMeter, SessionMeter {
  /** A session has ended: with the code that this end closed with, else with the one that it was given. */
  closed(code: number): void;
}

export class StreamGateway {
  readonly hub: Hub;
  readonly #options: GatewayOptions;
  readonly #tokens: Tokens;
  readonly #maxSessions: number;
  readonly #maxPerAddress: number;
  readonly #sockets = new Map<WebSocket, SocketSession>();
  readonly #byAddress = new AddressCounts();
  readonly #upgrader = new WebSocketServer(UPGRADER);
  #cancelCheck: (() => void) | null = null;
  #closing = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#tokens = resumeTokens(options.resumeSecret ?? randomBytes(32));
    this.#maxSessions = options.maxSessions ?? SERVER_LIMITS.max_sessions_count;
    this.#maxPerAddress = options.maxSessionsPerAddress ?? SERVER_LIMITS.max_sessions_per_address_count;
    this.hub = new Hub(options.model, options.clock, options.meter);
  }

  get sessionCount(): number {
    return this.#sockets.size;
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /**
   * Tells every session to come again, and closes it 1012 behind what is being written; who has not taken that after
   * close_timeout_ms is cut off. Resolves when all have ended.
   */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelCheck?.();
    const closed = Array.from(this.#sockets, ([socket, session]) => {
      const done = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      session.shutdown();
      return done;
    });
    const cancel = this.#options.clock.after(SERVER_LIMITS.close_timeout_ms, () => {
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
      refuse(socket, new Problem(404, `no stream at ${request.url?.slice(0, 128)}; it is ${STREAM_PATH}`));
    } else if (this.#closing) {
      refuse(socket, new Problem(503, "the server stops"));
    } else {
      const { remoteAddress = "" } = request.socket;
      this.#upgrader.handleUpgrade(request, socket, head, (webSocket) =>
        this.accept(webSocket, remoteAddress),
      );
    }
  }

  /** Takes a socket that was upgraded, from `address`. */
  accept(socket: WebSocket, address = ""): void {
    const fromThere = this.#byAddress.of(address);
    if (this.#closing || this.#sockets.size >= this.#maxSessions || fromThere >= this.#maxPerAddress) {
      const { code, text } = this.#closing ? CLOSE.restart : CLOSE.too_many_sessions;
      socket.on("error", () => socket.terminate());
      socket.close(code, text);
      this.#options.meter.closed(code);
      return;
    }
    const { model, clock, meter } = this.#options;
    const id = `sess_${randomBytes(9).toString("base64url")}`;
    const host = { model, tokens: this.#tokens, clock, meter, hub: this.hub };
    const session = new SocketSession(socket, id, host);
    this.#sockets.set(socket, session);
    this.#byAddress.add(address);
    socket.on("close", (code: number) => this.#ended(socket, session, address, code));
    this.#cancelCheck ??= this.#checkLater();
  }

  #ended(socket: WebSocket, session: SocketSession, address: string, code: number): void {
    this.#sockets.delete(socket);
    this.#byAddress.remove(address);
    this.#options.meter.closed(session.closeCode ?? code);
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
