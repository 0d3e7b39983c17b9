/**
 * A client's line to the servers, and the connections over it. Frames go in order, one after the other at a rate, unless the
 * line is told to misbehave. The server's end looks like a WebSocket of `ws`, the client's like the worker's `Socket`.
 */
import { EventEmitter } from "node:events";
import type { WebSocket } from "ws";
import { SERVER_LIMITS } from "../server/limits.ts";
import type { Socket, SocketHandlers } from "../workers/shell/environment.ts";
import type { Random } from "../workers/testing/random.ts";
import type { Clock } from "./clock.ts";
import { corrupt } from "./corrupt.ts";
import { describeFrame } from "./describe.ts";
import type { Trace } from "./trace.ts";

/** Shares of frames, either way. */
export interface FrameFaults {
  drop: number;
  double: number;
  /** Frames that later ones pass. */
  late: number;
  corrupt: number;
}

export const NO_FRAME_FAULTS: FrameFaults = { drop: 0, double: 0, late: 0, corrupt: 0 };

/** What a line does now. */
export interface Line {
  readonly name: string;
  faults: FrameFaults;
  latency_ms: number;
  /** Of what the server sends. */
  bytes_per_s: number;
  /** The client's end takes nothing: what the server writes stays in its buffers. */
  isHeld: boolean;
}

interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
}

const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
const LATE_MS = 400;
const CLOSE_FRAME_BYTES = 32;
/** Kernels take so much of what nobody reads. */
const KERNEL_BYTES = 4_096;
const ABNORMAL = 1006;

/** What a `WebSocket` of ws is to the server's session. */
class ServerEnd extends EventEmitter {
  readyState = OPEN;
  bufferedAmount = 0;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
  }

  send(data: string | Buffer, _options: object, written: () => void): void {
    if (this.readyState === OPEN) this.#connection.fromServer(String(data), written);
  }

  close(code: number, reason: string): void {
    if (this.readyState !== OPEN) return;
    this.readyState = CLOSING;
    this.#connection.serverCloses(code, reason);
  }

  terminate(): void {
    if (this.readyState !== CLOSED) this.#connection.serverTerminates();
  }
}

/** A frame, or the close frame at the end, that the line has not taken. */
interface Waiting {
  readonly bytes: number;
  readonly transmit: () => void;
}

export class Connection {
  readonly server: WebSocket;
  /** Nothing arrives any more, either way, and nobody says so. */
  isBroken = false;
  readonly #end: ServerEnd;
  readonly #line: Line;
  readonly #handlers: SocketHandlers;
  readonly #world: Surroundings;
  /** Runs at the client, or when it is awake again. */
  readonly #atClient: (run: () => void) => void;
  /** Sees what the server writes and hears; throws where a rule is broken. */
  readonly #watch: Watch;
  readonly #queue: Waiting[] = [];
  #isClientOpen = true;
  /** Of a close that the client has not answered. */
  #cancelTermination = () => {};
  #isSending = false;
  #kernelBytes = 0;
  #downArrival_ms = 0;
  #upArrival_ms = 0;

  constructor(
    line: Line,
    handlers: SocketHandlers,
    atClient: (run: () => void) => void,
    watch: Watch,
    world: Surroundings,
  ) {
    this.#line = line;
    this.#handlers = handlers;
    this.#atClient = atClient;
    this.#watch = watch;
    this.#world = world;
    this.#end = new ServerEnd(this);
    this.server = this.#end as unknown as WebSocket;
  }

  /** Neither end hears of the other any more by itself. */
  get isOver(): boolean {
    return !this.#isClientOpen && this.#end.readyState === CLOSED;
  }

  get socket(): Socket {
    return {
      send: (text) => {
        if (this.#isClientOpen) this.#fromClient(text);
      },
      close: () => {
        if (!this.#isClientOpen) return;
        this.#isClientOpen = false;
        this.#world.trace.note(`${this.#line.name} drops its socket`);
        this.#toServer(() => this.#serverHears(ABNORMAL));
      },
    };
  }

  /** The connection breaks; `who` hears of it. */
  cut(who: "both" | "client" | "server"): void {
    if (who !== "server") this.#clientHears(ABNORMAL, "");
    if (who !== "client") this.#serverHears(ABNORMAL);
    this.isBroken = true;
  }

  /** The line changed: what waited for it goes on. */
  resume(): void {
    this.#drain();
  }

  // From the server

  fromServer(text: string, written: () => void): void {
    const bytes = Buffer.byteLength(text);
    this.#end.bufferedAmount += bytes;
    this.#watch.sent(text, this.#end.bufferedAmount);
    this.#write(bytes, () => {
      this.#end.bufferedAmount -= bytes;
      this.#transmit(text, "down");
      written();
    });
  }

  serverCloses(code: number, reason: string): void {
    const { clock, trace } = this.#world;
    trace.note(`${this.#line.name} is closed ${code} ${withoutNumbers(reason)}`);
    trace.count(`close ${code}`);
    this.#watch.closed(code, reason);
    this.#cancelTermination = clock.after(SERVER_LIMITS.close_timeout_ms, () => this.serverTerminates());
    this.#write(CLOSE_FRAME_BYTES, () =>
      this.#toClient(() => {
        this.#clientHears(code, reason);
        this.#toServer(() => this.#serverHears(code));
      }),
    );
  }

  serverTerminates(): void {
    this.#world.trace.note(`${this.#line.name} is cut off by the server`);
    this.#world.trace.count("session cut off by the server");
    this.#toClient(() => this.#clientHears(ABNORMAL, ""));
    this.#world.clock.after(0, () => this.#serverHears(ABNORMAL));
  }

  #write(bytes: number, transmit: () => void): void {
    this.#queue.push({ bytes, transmit });
    this.#drain();
  }

  /** One frame after the other, each as soon as the line has taken the one before. */
  #drain(): void {
    const next = this.#queue[0];
    if (next === undefined || this.#isSending || this.isBroken) return;
    const { bytes, transmit } = next;
    this.#kernelBytes = this.#line.isHeld ? this.#kernelBytes + bytes : 0;
    if (this.#kernelBytes > KERNEL_BYTES) return;
    this.#isSending = true;
    this.#world.clock.after((bytes / this.#line.bytes_per_s) * 1000, () => {
      this.#isSending = false;
      if (this.#end.readyState === CLOSED) return;
      this.#queue.shift();
      transmit();
      this.#drain();
    });
  }

  #clientHears(code: number, reason: string): void {
    if (!this.#isClientOpen) return;
    this.#isClientOpen = false;
    this.#atClient(() => this.#handlers.onClosed(code, reason));
  }

  // From the client

  #fromClient(text: string): void {
    this.#transmit(text, "up");
  }

  #serverHears(code: number): void {
    if (this.#end.readyState === CLOSED) return;
    this.#cancelTermination();
    this.#end.readyState = CLOSED;
    this.#queue.length = 0;
    this.#watch.ended();
    this.#end.emit("close", code, Buffer.alloc(0));
  }

  // Both

  #transmit(text: string, way: "up" | "down"): void {
    const { random, trace } = this.#world;
    const { name, faults } = this.#line;
    const arrow = way === "up" ? ">" : "<";
    if (this.isBroken) return;
    if (random.chance(faults.drop)) {
      trace.count("frame drop");
      trace.note(`${name} ${arrow} DROPPED ${describeFrame(text)}`);
      return;
    }
    let carried = text;
    if (random.chance(faults.corrupt)) {
      carried = corrupt(text, random);
      trace.count("frame corrupt");
      trace.note(`${name} ${arrow} CORRUPTED ${describeFrame(text)}`);
    }
    const late = random.chance(faults.late) ? 1 + random.below(LATE_MS) : 0;
    if (late > 0) trace.count("frame late");
    this.#carry(carried, way, late);
    if (!random.chance(faults.double)) return;
    trace.count("frame double");
    this.#carry(carried, way, random.below(LATE_MS));
  }

  #carry(text: string, way: "up" | "down", late_ms: number): void {
    const { trace } = this.#world;
    if (way === "down") {
      this.#toClient(() => {
        this.#atClient(() => {
          if (!this.#isClientOpen) return;
          trace.note(`${this.#line.name} < ${describeFrame(text)}`);
          this.#handlers.onText(text);
        });
      }, late_ms);
      return;
    }
    this.#toServer(() => {
      if (this.#end.readyState !== OPEN) return;
      trace.note(`${this.#line.name} > ${describeFrame(text)}`);
      this.#watch.heard(text);
      this.#end.emit("message", Buffer.from(text), false);
    }, late_ms);
  }

  #toClient(arrive: () => void, late_ms = 0): void {
    const at = Math.max(this.#downArrival_ms, this.#world.clock.ms + this.#line.latency_ms);
    if (late_ms === 0) this.#downArrival_ms = at;
    this.#world.clock.after(at + late_ms - this.#world.clock.ms, () => {
      if (!this.isBroken) arrive();
    });
  }

  #toServer(arrive: () => void, late_ms = 0): void {
    const at = Math.max(this.#upArrival_ms, this.#world.clock.ms + this.#line.latency_ms);
    if (late_ms === 0) this.#upArrival_ms = at;
    this.#world.clock.after(at + late_ms - this.#world.clock.ms, () => {
      if (!this.isBroken) arrive();
    });
  }
}

/** Whoever looks at what goes over the server's end of a connection. */
export interface Watch {
  sent(text: string, buffered_bytes: number): void;
  heard(text: string): void;
  closed(code: number, reason: string): void;
  /** The server's end is closed for good. */
  ended(): void;
}

/** Reasons name times; traces of equal runs are equal without. */
function withoutNumbers(reason: string): string {
  return reason.replaceAll(/\d+/g, "N");
}
