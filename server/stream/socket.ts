/** The shell of one session: a WebSocket in, effects out. All decisions are `session.ts`'s. */
import { WebSocket } from "ws";
import { CLOSE, type CloseReason } from "../../protocol/stream/limits.ts";
import type { Clock } from "../clock.ts";
import type { Batch } from "./batch.ts";
import type { Hub, StreamModel, Subscriber } from "./hub.ts";
import { readClientMessage } from "./inbound.ts";
import { open, step } from "./session.ts";
import type { Position, SessionEvent, SessionState, Step } from "./session-state.ts";

export interface SessionMeter {
  gap(): void;
  creditExhausted(): void;
}

export interface SessionHost {
  readonly model: StreamModel;
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
  readonly #onWritten = (): void =>
    this.#dispatch({ type: "drained", buffered_bytes: this.#socket.bufferedAmount });
  #state: SessionState;

  constructor(socket: WebSocket, id: string, host: SessionHost) {
    this.#socket = socket;
    this.#host = host;
    socket.on("message", (data, isBinary) => {
      try {
        this.#receive(data, isBinary);
      } catch (error) {
        // A bug of ours ends this session and no other.
        process.stderr.write(`mempulse: ${(error as Error).stack}\n`);
        this.#dispatch({ type: "refused", reason: "internal", detail: "see the server's log" });
      }
    });
    // ws closes the connection itself, 1009 for a frame that is too large; what is wrong stands in its close code.
    socket.on("error", () => this.#dispatch({ type: "gone" }));
    socket.on("close", () => this.#dispatch({ type: "gone" }));
    const first = open(id, host.model, host.clock.now());
    this.#state = first.state;
    this.#run(first, null);
  }

  position(channel: string): Position | undefined {
    return this.#state.phase === "live" ? this.#state.positions.get(channel) : undefined;
  }

  offer(batch: Batch): void {
    const event: SessionEvent = { type: "batch", batch, buffered_bytes: this.#socket.bufferedAmount };
    this.#run(step(this.#state, event, this.#host.clock.now()), batch);
  }

  starved(channel: string): void {
    this.#dispatch({ type: "starved", channel });
  }

  outOfReach(channel: string): void {
    this.#dispatch({ type: "out_of_reach", channel });
  }

  /** Looks at the timeouts. */
  check(): void {
    this.#dispatch({ type: "check", buffered_bytes: this.#socket.bufferedAmount });
  }

  shutdown(): void {
    this.#dispatch({ type: "shutdown" });
  }

  #receive(data: WebSocket.RawData, isBinary: boolean): void {
    if (isBinary) {
      this.#dispatch({ type: "refused", reason: "bad_message", detail: "a binary frame; stream-v2 is text" });
      return;
    }
    const inbound = readClientMessage((data as Buffer).toString());
    if (inbound.kind === "message") {
      this.#dispatch({ type: "message", message: inbound.message, log: this.#host.model });
    } else {
      this.#dispatch({ type: "refused", reason: inbound.reason, detail: inbound.detail });
    }
  }

  #dispatch(event: SessionEvent): void {
    this.#run(step(this.#state, event, this.#host.clock.now()), null);
  }

  #run({ state, effects }: Step, batch: Batch | null): void {
    this.#state = state;
    if (state.phase === "closed") this.#host.hub.remove(this);
    for (const effect of effects) {
      switch (effect.type) {
        case "send":
          this.#write(JSON.stringify(effect.message));
          break;
        case "send_batch":
          if (batch !== null) this.#write(batch.bytes);
          break;
        case "pump":
          this.#host.hub.pump(this, effect.channel);
          break;
        case "count":
          if (effect.what === "gap") this.#host.meter.gap();
          else this.#host.meter.creditExhausted();
          break;
        case "close":
          this.#socket.close(CLOSE[effect.reason].code, closeReason(effect.reason, effect.detail));
          break;
        case "terminate":
          this.#socket.terminate();
          break;
      }
    }
  }

  #write(data: string | Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data, TEXT, this.#onWritten);
  }
}

/** `unknown op: no op "FOO"`, cut to what a close frame may hold. */
function closeReason(reason: CloseReason, detail: string): string {
  let text = `${CLOSE[reason].text}: ${detail}`;
  while (Buffer.byteLength(text) > MAX_CLOSE_REASON_BYTES) text = text.slice(0, -1);
  return text;
}
