/** The servers of a run: one log at a time, one or two replicas that fold it, and what befalls them. */

import type { Random } from "../workers/testing/random.ts";
import type { Clock } from "./clock.ts";
import { Host } from "./host.ts";
import type { Entry, Fold, Log } from "./log.ts";
import type { Trace } from "./trace.ts";

/**
 * What a server that comes up has: the fold that it had, the log folded anew, only up to some time ago, or anew and with
 * another secret, so that it honours no token.
 */
export type Comeback = "kept" | "folded" | "behind" | "stranger";

interface ClusterOptions {
  readonly replicas: number;
  makeFold(log: Log): Fold;
  /** What a new log begins with. */
  opening(): Entry[];
}

interface Start {
  /** A fold that exists already, and the entries in it. */
  readonly fold?: Fold;
  readonly folded?: number;
  readonly secret?: string;
  /** Entries that it folds at first. */
  readonly upTo?: number;
}

/** What tokens are signed with: by all replicas alike, but for one that was set up wrong. */
const SECRET = "the secret of all";
const STRANGE_SECRET = "a secret of its own";
/** Entries that a replica which is behind lacks at most. */
const BEHIND_COUNT = 60;

export class Cluster {
  /** One place a replica; null while it is down. */
  readonly hosts: (Host | null)[];
  readonly #options: ClusterOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #trace: Trace;
  #log: Log;
  #epochs = 0;

  constructor(options: ClusterOptions, clock: Clock, random: Random, trace: Trace) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    this.#trace = trace;
    this.#log = this.#newLog();
    this.hosts = Array.from({ length: options.replicas }, () => this.#start(this.#log));
  }

  /** One that a balancer might choose; null where all are down. */
  get any(): Host | null {
    const up = this.hosts.filter((host) => host !== null);
    return up.length === 0 ? null : this.#random.pick(up);
  }

  /** Where all replicas must come to. */
  get newest(): Host | null {
    return this.hosts.find((host) => host !== null && host.log === this.#log && !host.isLagging) ?? null;
  }

  /** All replicas are up and have folded the whole log. */
  get isTogether(): boolean {
    return this.hosts.every((host) => host?.log === this.#log && host.folded === this.#log.entries.length);
  }

  append(entries: readonly Entry[]): void {
    this.#log.entries.push(...entries);
    for (const host of this.hosts) if (host !== null && !host.isLagging) host.catchUp();
  }

  /** Kills a replica and starts it again after `down_ms`. */
  restart(place: number, down_ms: number, comeback: Comeback, isHeard: boolean): void {
    const host = this.hosts[place];
    if (host === null || host === undefined) return;
    this.#trace.note(`server ${place} is killed, comes back ${comeback}`);
    host.kill(isHeard);
    this.#comeBack(place, host, down_ms, comeback);
  }

  /** Stops a replica as an operator would, and starts it again. */
  drain(place: number, down_ms: number): void {
    const host = this.hosts[place];
    if (host === null || host === undefined) return;
    this.#trace.note(`server ${place} is drained`);
    void host.drain();
    this.#comeBack(place, host, down_ms, "folded");
  }

  /** Another log: every replica starts anew on it, one after the other. */
  changeEpoch(apart_ms: number): void {
    this.#log = this.#newLog();
    this.#trace.note(`epoch ${this.#log.id}`);
    this.hosts.forEach((_, place) => {
      this.#clock.after(place * apart_ms, () => {
        this.hosts[place]?.kill(true);
        this.hosts[place] = this.#start(this.#log);
      });
    });
  }

  /** A replica stops folding. */
  lag(place: number, ms: number): void {
    const host = this.hosts[place];
    if (host === null || host === undefined) return;
    host.isLagging = true;
    this.#clock.after(ms, () => {
      host.isLagging = false;
      host.catchUp();
    });
  }

  #comeBack(place: number, was: Host, down_ms: number, comeback: Comeback): void {
    this.hosts[place] = null;
    this.#clock.after(down_ms, () => {
      if (this.hosts[place] !== null) return;
      const isSameLog = was.log === this.#log;
      if (comeback === "kept" && isSameLog) {
        const { fold, folded } = was;
        this.hosts[place] = this.#start(this.#log, { fold, folded });
        return;
      }
      const missing = comeback === "behind" && isSameLog ? this.#random.below(BEHIND_COUNT) : 0;
      const secret = comeback === "stranger" ? STRANGE_SECRET : SECRET;
      this.hosts[place] = this.#start(this.#log, { secret, upTo: this.#log.entries.length - missing });
      if (missing > 0) this.lag(place, this.#random.between(500, 12_000));
    });
  }

  #start(
    log: Log,
    { fold = this.#options.makeFold(log), folded = 0, secret = SECRET, upTo }: Start = {},
  ): Host {
    const host = new Host({ log, fold, folded, secret }, this.#clock, this.#trace);
    host.catchUp(upTo);
    return host;
  }

  #newLog(): Log {
    return { id: `log${++this.#epochs}`, entries: this.#options.opening() };
  }
}
