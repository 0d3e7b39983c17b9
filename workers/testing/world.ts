/** A worker and a reference server in virtual time; the link between them may be cut, or carry frames late. */
import type { ClientMessage } from "../../protocol/stream/messages.ts";
import type { Frame } from "../api.ts";
import type { Environment, SocketHandlers } from "../shell/environment.ts";
import { Runtime } from "../shell/runtime.ts";
import { Clock } from "./clock.ts";
import { Random } from "./random.ts";
import { ReferenceServer, ReferenceSession, type ServerOptions } from "./reference-server.ts";

interface Faults {
  /** Share of frames that come late, by up to `late_ms`: later ones pass them. */
  late: number;
  late_ms: number;
}

const LATENCY_MS = 5;
const FLUSH_MS = 100;

export class World {
  readonly clock = new Clock();
  readonly random: Random;
  readonly server: ReferenceServer;
  readonly worker: Runtime;
  readonly frames: Frame[] = [];
  readonly gets: string[] = [];
  readonly sent: ClientMessage[] = [];
  faults: Faults = { late: 0, late_ms: 0 };
  /** Nobody answers where the server was. */
  down = false;
  /** Time that the page takes to commit a frame; null: not before `paint` is called. */
  commit_ms: number | null = 4;
  #cuts = new Set<() => void>();
  #unpainted: (() => void) | null = null;

  /** `budget_bytes`: what the worker may hold; its default without. */
  constructor(seed: number, options: ServerOptions, budget_bytes?: number) {
    this.random = new Random(seed);
    this.server = new ReferenceServer(options, () => this.clock.now);
    this.worker = new Runtime(this.#environment(), budget_bytes);
    const flush = () => {
      this.server.flush();
      this.clock.after(FLUSH_MS, flush);
    };
    flush();
  }

  start(): void {
    const port = {
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage: (frame: Frame) => {
        this.frames.push(frame);
        const { commit_ms } = this;
        const acknowledge = () =>
          port.onmessage?.({
            data: { frame: frame.frame, commit_ms: commit_ms ?? 0, painted_ms: this.clock.now },
          });
        if (commit_ms === null) this.#unpainted = acknowledge;
        else this.clock.after(commit_ms, acknowledge);
      },
      close: () => {},
    };
    this.worker.start({ server: "http://test", frame_rate_hz: 30 }, port as unknown as MessagePort);
  }

  /** Acknowledges the frame that the page had not painted. */
  paint(): void {
    this.#unpainted?.();
    this.#unpainted = null;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const cut of this.#cuts) cut();
  }

  #environment(): Environment {
    const { clock } = this;
    return {
      now: () => clock.now,
      after: (delay_ms, call) => clock.after(delay_ms, call),
      seed: () => this.random.below(2 ** 32),
      get: (url, signal) => {
        this.gets.push(url);
        return new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
          if (this.down) {
            clock.after(LATENCY_MS, () => reject(new Error("connection refused")));
            return;
          }
          clock.after(LATENCY_MS, () => {
            const answer = this.server.answer(url);
            clock.after(LATENCY_MS, () => resolve(answer));
          });
        });
      },
      open: (_, handlers) => this.#open(handlers),
    };
  }

  #open({ onText, onClosed }: SocketHandlers) {
    let open = true;
    let session: ReferenceSession | null = null;
    const end = () => {
      open = false;
      this.#cuts.delete(cut);
      if (session !== null) this.server.sessions.delete(session);
    };
    const cut = () => {
      end();
      onClosed(1006, "");
    };
    this.#cuts.add(cut);
    this.clock.after(LATENCY_MS, () => {
      if (!open) return;
      if (this.down) return cut();
      session = new ReferenceSession(this.server, (message) => {
        const text = JSON.stringify(message);
        this.#carry(() => open && onText(text));
      });
      this.server.sessions.add(session);
    });
    return {
      send: (text: string) => {
        const message = JSON.parse(text) as ClientMessage;
        this.sent.push(message);
        this.#carry(() => open && session?.receive(message));
      },
      close: end,
    };
  }

  #carry(deliver: () => void): void {
    const { faults, random } = this;
    const late_ms = random.chance(faults.late) ? random.below(faults.late_ms) : 0;
    this.clock.after(LATENCY_MS + late_ms, deliver);
  }
}
