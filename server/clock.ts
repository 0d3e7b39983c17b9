/** Time at the server's edge. What decides something takes a `Now`; only shells hold a `Clock`. */

export interface Now {
  /** Monotonic: for durations and timeouts. */
  readonly ms: number;
  /** The wall's: for showing. */
  readonly unix_ms: number;
}

export interface Clock {
  now(): Now;
  /** Calls `run` once after `ms`; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** A clock that knows the turns of the event loop. */
export interface LoopClock extends Clock {
  /** Calls `run` once what has come in by then was handled; the answer cancels it. */
  soon(run: () => void): () => void;
}

export const systemClock: LoopClock = {
  now: () => ({ ms: performance.now(), unix_ms: Date.now() }),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  soon(run) {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
};
