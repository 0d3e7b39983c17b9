/**
 * When frames go to the page: at most at the cadence, one outstanding, slower where the page's commits are slow. A frame
 * that is asked for while one is outstanding goes when that one is acknowledged.
 */
import type { FrameAck } from "../api.ts";
import { PACE_LIMITS } from "../limits.ts";
import type { Environment } from "./environment.ts";
import { Samples } from "./samples.ts";

/** Of a new commit's time in their mean. */
const SMOOTHING = 0.25;

export interface PumpCalls {
  /** Makes and posts the next frame. Its number; null when there is nothing to show. */
  compose(now: number): number | null;
  /** The frame was painted; `commit_ms` null when there was none to paint. */
  painted(commit_ms: number | null, cadence_ms: number): void;
}

export class Pump {
  /** Time that the page took to commit a frame. */
  readonly commits = new Samples();
  #env: Environment;
  #calls: PumpCalls;
  #base_ms: number;
  #commit_ms = 0;
  #last_ms = Number.NEGATIVE_INFINITY;
  #outstanding: number | null = null;
  #wanted_ms: number | null = null;
  #asked = false;
  #cancel: (() => void) | null = null;
  #hidden: boolean;
  #missed = new Samples();

  constructor(env: Environment, rate_hz: number, hidden: boolean, calls: PumpCalls) {
    this.#env = env;
    this.#base_ms = 1000 / rate_hz;
    this.#hidden = hidden;
    this.#calls = calls;
  }

  get cadence_ms(): number {
    const given = Math.max(this.#base_ms, this.#commit_ms / PACE_LIMITS.commit_share);
    return Math.min(Math.max(PACE_LIMITS.slowest_cadence_ms, this.#base_ms), given);
  }

  /** Share of frames that were due while an earlier one was not painted yet; null before the first frame. */
  get dropRatio(): number | null {
    const { size } = this.#missed;
    if (size === 0) return null;
    const missed = this.#missed.sum();
    return missed / (missed + size);
  }

  /** Wants a frame at `at_ms` or as soon after it as the cadence allows. */
  request(at_ms: number): void {
    this.#wanted_ms = Math.min(this.#wanted_ms ?? Number.POSITIVE_INFINITY, at_ms);
    this.#arm();
  }

  /** The user asked to see something: not kept waiting by a cadence that slow commits have stretched. */
  answer(): void {
    this.#asked = true;
    this.request(this.#env.now());
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#arm();
  }

  acknowledge({ frame, commit_ms }: FrameAck): void {
    if (frame !== this.#outstanding) return;
    const now = this.#env.now();
    const overdue =
      this.#wanted_ms === null ? 0 : now - Math.max(this.#wanted_ms, this.#last_ms + this.cadence_ms);
    this.#missed.add(Math.max(0, Math.ceil(overdue / this.cadence_ms)));
    this.commits.add(commit_ms);
    this.#commit_ms += (commit_ms - this.#commit_ms) * SMOOTHING;
    this.#outstanding = null;
    this.#calls.painted(commit_ms, this.cadence_ms);
    this.#arm();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#wanted_ms = null;
    this.#outstanding = null;
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#wanted_ms === null || this.#outstanding !== null || this.#hidden) return;
    const due = Math.max(this.#wanted_ms, this.#last_ms + (this.#asked ? this.#base_ms : this.cadence_ms));
    this.#cancel = this.#env.after(Math.max(0, due - this.#env.now()), () => this.#fire());
  }

  #fire(): void {
    const now = this.#env.now();
    this.#cancel = null;
    this.#wanted_ms = null;
    this.#asked = false;
    this.#last_ms = now;
    this.#outstanding = this.#calls.compose(now);
    if (this.#outstanding === null) this.#calls.painted(null, this.cadence_ms);
    this.#arm();
  }
}
