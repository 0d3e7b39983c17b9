/** One server process: a fold of the log, the gateway with its sessions, and the routes that a client asks. */
import { AllowList } from "../server/http/allow-list.ts";
import { Problem } from "../server/http/problem.ts";
import { buildSnapshot, readSnapshotQuery } from "../server/http/snapshot.ts";
import { encodeText } from "../server/http/text.ts";
import { SERVER_LIMITS } from "../server/limits.ts";
import { StreamGateway } from "../server/stream/gateway.ts";
import type { Answer } from "../workers/shell/environment.ts";
import { Audit, type Served } from "./audit.ts";
import type { Clock } from "./clock.ts";
import { SIM_LIMITS } from "./limits.ts";
import type { Connection, Watch } from "./link.ts";
import type { Fold, Log } from "./log.ts";
import type { Trace } from "./trace.ts";
import { demand } from "./violation.ts";

interface HostOptions {
  readonly log: Log;
  readonly fold: Fold;
  /** Entries of the log that are in the fold. */
  readonly folded: number;
  readonly secret: string;
}

export class Host {
  readonly log: Log;
  readonly fold: Fold;
  /** New entries are folded as they come; a replica that lags folds them when it catches up. */
  isLagging = false;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #gateway: StreamGateway;
  readonly #audits = new Set<Audit>();
  readonly #connections = new Set<Connection>();
  #folded: number;
  #isAlive = true;

  constructor({ log, fold, folded, secret }: HostOptions, clock: Clock, trace: Trace) {
    this.log = log;
    this.fold = fold;
    this.#folded = folded;
    this.#clock = clock;
    this.#trace = trace;
    this.#gateway = new StreamGateway({
      model: fold.state,
      // A process that was killed has no timers.
      clock: {
        now: () => clock.now(),
        after: (ms, run) => clock.after(ms, () => this.#isAlive && run()),
        soon: (run) => clock.after(0, () => this.#isAlive && run()),
      },
      meter: {
        dispatched: () => {},
        closed: () => {},
        count: ({ what }) => trace.count(`server ${what}`),
      },
      allow: new AllowList([]),
      resumeSecret: secret,
      maxSessions: SIM_LIMITS.max_sessions_count,
    });
  }

  /** Entries of the log that are folded. */
  get folded(): number {
    return this.#folded;
  }

  /** Folds what is new in the log, up to an entry. */
  catchUp(upTo = this.log.entries.length): void {
    if (!this.#isAlive || this.#folded >= upTo) return;
    while (this.#folded < upTo) this.fold.fold(this.log.entries[this.#folded++]!);
    this.#gateway.hub.changed();
  }

  /** Throws where the sockets hold more than they may together. */
  checkBounds(): void {
    const { heldBytes } = this;
    demand(heldBytes <= 2 * SERVER_LIMITS.max_total_buffered_bytes, `B6 sockets hold ${heldBytes} bytes`);
    for (const audit of this.#audits) audit.checkTime();
  }

  get sessionCount(): number {
    return this.#gateway.sessionCount;
  }

  /** Channels that its sessions follow. */
  get flowCount(): number {
    return this.#gateway.hub.size;
  }

  /** What its sockets were given and have not taken. */
  get heldBytes(): number {
    return this.#gateway.hub.budget.heldBytes;
  }

  watch(served: Served): Watch {
    const audit = new Audit(this.fold.state, served, this.#clock, this.#trace);
    this.#audits.add(audit);
    return audit;
  }

  accept(connection: Connection): void {
    for (const held of this.#connections) if (held.isOver) this.#connections.delete(held);
    this.#connections.add(connection);
    this.#gateway.accept(connection.server);
  }

  /** The process is killed; `isHeard`: its kernel tells the clients. */
  kill(isHeard: boolean): void {
    this.#isAlive = false;
    for (const connection of this.#connections) {
      if (isHeard) connection.cut("both");
      else connection.isBroken = true;
    }
  }

  /** Told to stop: drains its sessions, then ends. */
  async drain(): Promise<void> {
    await this.#gateway.close();
    this.#isAlive = false;
  }

  answer(url: string): Answer {
    const { pathname, searchParams } = new URL(url);
    if (pathname.startsWith("/transactions/")) {
      const detail = this.fold.transaction(pathname.slice("/transactions/".length));
      return detail === null ? problem(new Problem(404, "hash: not held")) : ok(JSON.stringify(detail));
    }
    if (this.#folded === 0) return problem(new Problem(503, "not yet folded", { retry_after_s: 1 }));
    if (pathname === "/health/ready") return ok("{}");
    try {
      const request = readSnapshotQuery(Object.fromEntries(searchParams), this.fold.state);
      const text = buildSnapshot(request, this.fold.state, this.#clock.now().unix_ms);
      return ok(Buffer.concat(encodeText(text)).toString());
    } catch (error) {
      if (error instanceof Problem) return problem(error);
      throw error;
    }
  }
}

function ok(text: string): Answer {
  return { status: 200, retry_after: null, text };
}

function problem(error: Problem): Answer {
  const { retry_after_s } = error.options;
  return {
    status: error.status,
    retry_after: retry_after_s === undefined ? null : String(retry_after_s),
    text: error.body(),
  };
}
