/**
 * Looks at everything that goes over the server's end of one connection and keeps its own account of it: a cursor and a
 * credit a channel. Throws where a frame breaks a rule, whatever the client will make of it.
 */
import { isDeepStrictEqual } from "node:util";
import { type ChannelKind, kindOf } from "../protocol/stream/channels.ts";
import { LIMITS } from "../protocol/stream/limits.ts";
import type { DeltaBatch, ServerMessage } from "../protocol/stream/messages.ts";
import type { SnapshotModel } from "../server/http/snapshot.ts";
import { SERVER_LIMITS } from "../server/limits.ts";
import { readClientMessage } from "../server/stream/inbound.ts";
import type { Clock } from "./clock.ts";
import type { Watch } from "./link.ts";
import type { Trace } from "./trace.ts";
import { demand } from "./violation.ts";

/** What the batches of a client's connections say was left out of them, by kind of channel. */
export type Omitted = Map<ChannelKind, { coalesced: number; evicted: number }>;

/** What may be asked of a client's sessions, and what they were spared. */
export interface Served {
  readonly omitted: Omitted;
  /** No session of it ends with one of these. */
  readonly neverCodes: ReadonlySet<number>;
  readonly mostCredit: number;
}

interface Account {
  cursor: number;
  credit: number;
  isOutOfReach: boolean;
}

/** A session is alive by these. */
const TIMED: ReadonlySet<string> = new Set(["IDENTIFY", "RESUME", "HEARTBEAT"]);

export class Audit implements Watch {
  readonly #model: SnapshotModel;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #served: Served;
  readonly #accounts = new Map<string, Account>();
  /** What IDENTIFY or RESUME asked to stand at; null before. */
  #asked: Readonly<Record<string, number>> | null = null;
  /** When the server last heard what it must hear now and then; null where it waits for nothing. */
  #heard_ms: number | null;
  #isClosed = false;

  constructor(model: SnapshotModel, served: Served, clock: Clock, trace: Trace) {
    this.#model = model;
    this.#served = served;
    this.#clock = clock;
    this.#trace = trace;
    this.#heard_ms = clock.ms;
  }

  /** A session whose client says nothing is ended in time: before it identifies, and after. */
  checkTime(): void {
    if (this.#heard_ms === null) return;
    const { heartbeat_interval_ms, heartbeat_grace_intervals, identify_timeout_ms } = LIMITS;
    const most_ms =
      this.#asked === null ? identify_timeout_ms : heartbeat_interval_ms * heartbeat_grace_intervals;
    const silent_ms = this.#clock.ms - this.#heard_ms;
    demand(
      silent_ms <= most_ms + 2 * SERVER_LIMITS.session_check_ms,
      `S6 a session lives, ${silent_ms} ms silent`,
    );
  }

  ended(): void {
    this.#heard_ms = null;
  }

  sent(text: string, buffered_bytes: number): void {
    const bytes = Buffer.byteLength(text);
    demand(!this.#isClosed, `E5 a closed session wrote ${text.slice(0, 80)}`);
    demand(bytes <= LIMITS.max_frame_bytes, `B5 a frame of ${bytes} bytes`);
    demand(buffered_bytes <= LIMITS.max_buffered_bytes, `B1 ${buffered_bytes} bytes wait in a socket`);
    const message = JSON.parse(text) as ServerMessage;
    if (message.op === "HEARTBEAT_ACK") this.#ack(message);
    else if (message.op === "INVALID_SESSION") this.#trace.count(`session refused: ${message.reason}`);
    else if (message.op === "RECONNECT") this.#trace.count(`session told to reconnect: ${message.reason}`);
    else if (message.op === "DISPATCH") this.#dispatch(message, buffered_bytes);
  }

  heard(text: string): void {
    const inbound = readClientMessage(text);
    const message = inbound.kind === "message" ? inbound.message : null;
    if (message !== null && TIMED.has(message.op)) this.#heard_ms = this.#clock.ms;
    if (message !== null) this.#trace.count(`sent ${message.op}`);
    // What is not of the contract ends the session, and nothing is written after.
    if (message?.op === "IDENTIFY") {
      this.#asked = Object.fromEntries(message.subscriptions.map((name) => [name, message.snapshot_seq]));
    } else if (message?.op === "RESUME") {
      const { subscriptions, channel_seq, last_seq } = message;
      this.#asked = Object.fromEntries(subscriptions.map((name) => [name, channel_seq[name] ?? last_seq]));
    } else if (message?.op === "CREDIT") {
      for (const [name, grant] of Object.entries(message.channel_credit)) {
        const account = this.#accounts.get(name);
        if (account === undefined) continue;
        account.credit = Math.min(LIMITS.max_credit, account.credit + grant);
        demand(account.credit <= this.#served.mostCredit, `C7 ${name} is granted ${account.credit}`);
      }
    } else if (message?.op === "RESYNC" || message?.op === "SUBSCRIBE") {
      for (const [name, cursor] of Object.entries(message.channel_seq)) {
        const held = this.#accounts.get(name);
        if (held === undefined && message.op === "RESYNC") continue;
        this.#accounts.set(name, { cursor, credit: held?.credit ?? 0, isOutOfReach: false });
      }
    } else if (message?.op === "UNSUBSCRIBE") {
      for (const name of message.channels) this.#accounts.delete(name);
    }
  }

  closed(code: number, reason: string): void {
    demand(code !== 4000, `the server failed: ${reason}`);
    demand(!this.#served.neverCodes.has(code), `an honest client is closed ${code} ${reason}`);
    this.#isClosed = true;
    this.#heard_ms = null;
  }

  #dispatch(message: Extract<ServerMessage, { op: "DISPATCH" }>, buffered_bytes: number): void {
    switch (message.type) {
      case "SNAPSHOT_ACK":
        this.#trace.count(message.resumed ? "session resumed" : "session identified");
        demand(
          isDeepStrictEqual(message.channel_seq, this.#asked),
          "R1 SNAPSHOT_ACK has other cursors than asked for",
        );
        for (const [name, cursor] of Object.entries(message.channel_seq)) {
          this.#accounts.set(name, { cursor, credit: 0, isOutOfReach: false });
        }
        break;
      case "RESYNC_REQUIRED": {
        this.#trace.count("session out of reach");
        const account = this.#account(message.channel, "RESYNC_REQUIRED");
        demand(!account.isOutOfReach, `O4 RESYNC_REQUIRED twice for ${message.channel}`);
        account.isOutOfReach = true;
        break;
      }
      case "NOTICE":
        this.#trace.count(`rung ${message.rung}`);
        break;
      case "DELTA_BATCH":
        this.#batch(message, buffered_bytes);
    }
  }

  #batch(batch: DeltaBatch, buffered_bytes: number): void {
    const { channel: name, seq, prev_seq, patch, watermark, changes, evicted } = batch;
    const account = this.#account(name, "a batch");
    const entities = patch.upsert.length + patch.remove.length;
    demand(account.credit > 0, `C1 a batch of ${name} without credit`);
    demand(!account.isOutOfReach, `O4 a batch of ${name}, which waits for RESYNC`);
    demand(
      prev_seq === account.cursor,
      `O1 a batch of ${name} from ${prev_seq}, the cursor is ${account.cursor}`,
    );
    demand(seq > prev_seq, `O1 a batch of ${name} that goes nowhere`);
    demand(entities <= LIMITS.max_entities_per_batch, `B5 a batch of ${entities} entities`);
    demand(
      buffered_bytes <= LIMITS.max_buffered_bytes / 2,
      `B1 a batch that makes a backlog of ${buffered_bytes}`,
    );
    const removed = new Set(patch.remove);
    demand(
      !patch.upsert.some(({ id }) => removed.has(id)),
      `O9 an id of ${name} stands in upsert and in remove`,
    );
    const channel = this.#model.channel(name)!;
    const { digest, count } = watermark;
    if (digest === null) {
      this.#trace.count("batch cut");
    } else {
      demand(seq === this.#model.headSeq, `O1 a whole batch of ${name} at ${seq}, not the head`);
      demand(digest === channel.digest() && count === channel.count, `D1 another digest or count of ${name}`);
    }
    account.credit--;
    account.cursor = seq;
    this.#trace.count("batch written");
    const coalesced = Math.max(0, changes - entities - evicted);
    const { omitted } = this.#served;
    const kind = kindOf(channel.name);
    const before = omitted.get(kind) ?? { coalesced: 0, evicted: 0 };
    omitted.set(kind, { coalesced: before.coalesced + coalesced, evicted: before.evicted + evicted });
  }

  #ack(message: Extract<ServerMessage, { op: "HEARTBEAT_ACK" }>): void {
    for (const [name, { seq, credit }] of Object.entries(message.channels)) {
      const account = this.#account(name, "HEARTBEAT_ACK");
      demand(seq === account.cursor, `S7 HEARTBEAT_ACK puts ${name} at ${seq}, it is at ${account.cursor}`);
      demand(
        credit === account.credit,
        `S7 HEARTBEAT_ACK gives ${name} credit ${credit}, it is ${account.credit}`,
      );
      demand(credit >= 0 && credit <= LIMITS.max_credit, `P1 credit ${credit} of ${name}`);
    }
  }

  #account(name: string, what: string): Account {
    const account = this.#accounts.get(name);
    demand(account !== undefined, `S9 ${what} for ${name}, which is not subscribed`);
    return account;
  }
}
