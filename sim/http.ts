/** A client's GETs: to any server, over the client's line, with what can go wrong on the way. */
import type { Answer } from "../workers/shell/environment.ts";
import type { Random } from "../workers/testing/random.ts";
import type { Clock } from "./clock.ts";
import { corrupt } from "./corrupt.ts";
import type { Host } from "./host.ts";
import type { Line } from "./link.ts";
import type { Trace } from "./trace.ts";

/** Shares of requests. */
export interface HttpFaults {
  fail: number;
  /** 503 with Retry-After. */
  busy: number;
  slow: number;
  /** Never answered. */
  silent: number;
  corrupt: number;
}

export const NO_HTTP_FAULTS: HttpFaults = { fail: 0, busy: 0, slow: 0, silent: 0, corrupt: 0 };

const SLOW_MS = 12_000;

export class Http {
  faults: HttpFaults = NO_HTTP_FAULTS;
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #trace: Trace;

  constructor(line: Line, clock: Clock, random: Random, trace: Trace) {
    this.#line = line;
    this.#clock = clock;
    this.#random = random;
    this.#trace = trace;
  }

  /** `settle` runs with the answer, or with an Error; never, where the server is silent. */
  get(url: string, host: () => Host | null, settle: (answer: Answer | Error) => void): void {
    const { name, latency_ms } = this.#line;
    const path = url.slice(url.indexOf("/", 8));
    const later = (ms: number, answer: Answer | Error, what: string) => {
      this.#clock.after(ms, () => {
        this.#trace.note(`${name} GET ${path}: ${what}`);
        settle(answer);
      });
    };
    const fault = this.#draw();
    if (fault !== null) this.#trace.count(`http ${fault}`);
    if (fault === "silent") return;
    if (fault === "fail") {
      later(latency_ms, new Error("connection reset"), "fails");
      return;
    }
    if (fault === "busy") {
      later(latency_ms, { status: 503, retry_after: String(this.#random.between(0, 2)), text: "{}" }, "503");
      return;
    }
    this.#clock.after(latency_ms, () => {
      const asked = host();
      if (asked === null) {
        later(0, new Error("connection refused"), "refused");
        return;
      }
      const answer = asked.answer(url);
      if (fault === "corrupt") answer.text = corrupt(answer.text, this.#random);
      const slow_ms = fault === "slow" ? this.#random.below(SLOW_MS) : 0;
      later(latency_ms + slow_ms, answer, `${fault ?? ""} ${answer.status}`);
    });
  }

  #draw(): keyof HttpFaults | null {
    let draw = this.#random.next();
    for (const [fault, share] of Object.entries(this.faults) as [keyof HttpFaults, number][]) {
      draw -= share;
      if (draw < 0) return fault;
    }
    return null;
  }
}
