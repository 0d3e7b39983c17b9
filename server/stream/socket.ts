/**
 * The shell of one session: a WebSocket in, effects out. All decisions are `session.ts`'s. Whoever calls in, the socket, the
 * hub or a timer, hears of no error: a bug of ours ends the session that it shows in, and no other.
 */
import { WebSocket } from "ws";
import { CLOSE, type CloseReason } from "../../protocol/stream/limits.ts";
import type { Clock } from "../clock.ts";
import type { Batch } from "./batch.ts";
import type { Subscriber } from "./flow.ts";
import type { Hub, StreamModel } from "./hub.ts";
import { readClientMessage } from "./inbound.ts";
import type { Counted, SessionEvent } from "./session/events.ts";
import { open } from "./session/handshake.ts";
import { step } from "./session/session.ts";
import type { Position, SessionState, World } from "./session/state.ts";
import { close, type Step } from "./session/step.ts";
import type { Tokens } from "./token.ts";

export interface SessionMeter {
  count(counted: Counted): void;
}

export interface SessionHost {
  readonly model: StreamModel;
  readonly tokens: Tokens;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly meter: SessionMeter;
}

/** A WebSocket close frame holds at most so many bytes of reason. */
const MAX_CLOSE_REASON_BYTES = 123;
const TEXT = { binary: false } as const;

export class SocketSession implements Subscriber {
  readonly #socket: WebSocket;
  readonly #host: SessionHost;
  readonly #world: World;
  readonly #onWritten = (): void => {
    this.#takenCount++;
    this.#guard(() => {
      this.#measure();
      this.#dispatch({ type: "drained", room_bytes: this.#room() });
    });
  };
  #state: SessionState;
  /** The socket's backlog as the budget knows it; null once the socket has closed. */
  #heldBytes: number | null = 0;
  #takenCount = 0;
  #closeCode: number | null = null;

  constructor(socket: WebSocket, id: string, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#world = { log: host.model, tokens: host.tokens };
    host.hub.budget.join();
    socket.on("message", (data, isBinary) => this.#guard(() => this.#receive(data, isBinary)));
    socket.on("ping", (data) => this.#control("ping", data));
    socket.on("pong", (data) => this.#control("pong", data));
    // ws closes the connection itself.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#closeCode ??= faultCode(error);
      this.#take({ type: "gone" });
    });
    socket.on("close", () => {
      this.#release();
      this.#take({ type: "gone" });
    });
    const first = open(id, host.model.epoch, host.clock.now());
    this.#state = first.state;
    this.#guard(() => this.#run(first, null));
  }

  /** The code that this end closed with; null where it did not. */
  get closeCode(): number | null {
    return this.#closeCode;
  }

  position(channel: string): Position | undefined {
    return this.#state.phase === "live" ? this.#state.positions.get(channel) : undefined;
  }

  offer(batch: Batch): void {
    this.#take({ type: "batch", batch, room_bytes: this.#room() }, batch.bytes);
  }

  starved(channel: string): void {
    this.#take({ type: "starved", channel });
  }

  outOfReach(channel: string): void {
    this.#take({ type: "out_of_reach", channel, room_bytes: this.#room() });
  }

  /** Looks at the timeouts. */
  check(): void {
    const buffered_bytes = this.#socket.bufferedAmount;
    const [taken_count, room_bytes] = [this.#takenCount, this.#room()];
    this.#take({ type: "check", world: this.#world, taken_count, buffered_bytes, room_bytes });
  }

  shutdown(): void {
    this.#take({ type: "shutdown" });
  }

  #receive(data: WebSocket.RawData, isBinary: boolean): void {
    if (this.#state.phase === "closed") return;
    if (isBinary) {
      this.#dispatch({ type: "refused", reason: "bad_message", detail: "a binary frame; stream-v2 is text" });
      return;
    }
    const inbound = readClientMessage((data as Buffer).toString());
    if (inbound.kind === "message") {
      const { message } = inbound;
      const room_bytes = this.#room();
      this.#dispatch({ type: message.op, message, world: this.#world, room_bytes } as SessionEvent);
    } else {
      this.#dispatch({ type: "refused", reason: inbound.reason, detail: inbound.detail });
    }
  }

  #control(frame: "ping" | "pong", data: Buffer): void {
    this.#take({ type: "control", frame, room_bytes: this.#room() }, data);
  }

  #take(event: SessionEvent, data: Buffer | null = null): void {
    this.#guard(() => this.#dispatch(event, data));
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      process.stderr.write(`mempulse: ${(error as Error).stack}\n`);
      this.fail();
    }
  }

  /** Ends the session without asking it, and the connection at once where even that cannot be said. */
  fail(): void {
    try {
      this.#run(close(this.#state, "internal", "see the server's log"), null);
    } catch {
      this.#socket.terminate();
    }
  }

  #dispatch(event: SessionEvent, data: Buffer | null = null): void {
    this.#run(step(this.#state, event, this.#host.clock.now()), data);
  }

  /** `data`: the frame that was offered, or what a ping holds. */
  #run({ state, effects }: Step, data: Buffer | null): void {
    if (state.phase === "closed" && this.#state.phase !== "closed") this.#host.hub.remove(this);
    this.#state = state;
    for (const effect of effects) {
      switch (effect.type) {
        case "send":
          this.#write(JSON.stringify(effect.message));
          if (this.#host.hub.budget.overflows(this.#heldBytes ?? 0)) this.#dispatch({ type: "overflow" });
          break;
        case "send_batch":
          if (data !== null) this.#write(data);
          break;
        case "pong":
          this.#socket.pong(data ?? "", false, this.#onWritten);
          this.#measure();
          break;
        case "join":
          this.#host.hub.join(this, effect.channel);
          break;
        case "leave":
          this.#host.hub.leave(this, effect.channel);
          break;
        case "pump":
          this.#host.hub.pump(this, effect.channel);
          break;
        case "count":
          this.#host.meter.count(effect.counted);
          break;
        case "close":
          this.#closeCode ??= CLOSE[effect.reason].code;
          this.#socket.close(CLOSE[effect.reason].code, closeReason(effect.reason, effect.detail));
          break;
        case "terminate":
          this.#socket.terminate();
          break;
      }
    }
  }

  #write(data: string | Buffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(data, TEXT, this.#onWritten);
    this.#measure();
  }

  #room(): number {
    return this.#host.hub.budget.room(this.#socket.bufferedAmount);
  }

  /** Tells the budget how the socket's backlog changed. */
  #measure(): void {
    if (this.#heldBytes === null) return;
    const held = this.#socket.bufferedAmount;
    if (held !== this.#heldBytes) this.#host.hub.budget.moved(held - this.#heldBytes);
    this.#heldBytes = held;
  }

  #release(): void {
    if (this.#heldBytes === null) return;
    this.#host.hub.budget.moved(-this.#heldBytes);
    this.#host.hub.budget.leave();
    this.#heldBytes = null;
  }
}

/** The code that ws closes with where a frame is none; null where the connection was lost. */
function faultCode({ code = "" }: NodeJS.ErrnoException): number | null {
  if (!code.startsWith("WS_ERR_")) return null;
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return 1009;
  if (code === "WS_ERR_TOO_MANY_BUFFERED_PARTS") return 1008;
  return code === "WS_ERR_INVALID_UTF8" ? 1007 : 1002;
}

/** `unknown op: no op "FOO"`, cut to what a close frame may hold. */
function closeReason(reason: CloseReason, detail: string): string {
  let text = `${CLOSE[reason].text}: ${detail}`.slice(0, MAX_CLOSE_REASON_BYTES);
  while (Buffer.byteLength(text) > MAX_CLOSE_REASON_BYTES) text = text.slice(0, -1);
  return text;
}
