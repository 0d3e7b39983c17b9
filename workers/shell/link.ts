/** Runs the session against the network and the stores: feeds it events one at a time and does what it asks for. */
import { CHANNELS, type ChannelName, isMainChannel } from "../../protocol/stream/channels.ts";
import type { ChannelSnapshot, DeltaBatch, Snapshot } from "../../protocol/stream/messages.ts";
import type { Effect, Event } from "../session/events.ts";
import { step } from "../session/session.ts";
import { createSession, type Session } from "../session/state.ts";
import { wakeAt } from "../session/wake.ts";
import { textOf } from "../store/bytes.ts";
import { Store } from "../store/store.ts";
import { followedOf, type Stores } from "../store/stores.ts";
import { decodeFrame, decodeSnapshot } from "../wire/decode.ts";
import type { Answer, Environment, Socket } from "./environment.ts";
import { epochOf, problemOf } from "./problem.ts";
import { Requests } from "./requests.ts";
import { Samples } from "./samples.ts";

export interface Change {
  channel: ChannelName;
  rows: number;
  /** It is one part of a change set whose rest is still to come. */
  cut: boolean;
  /** When its frame came in; null for what was fetched. */
  received_ms: number | null;
}

export interface LinkCalls {
  changed(change: Change): void;
  /** The session took an event: what it says of itself may have changed. */
  stepped(event: Event): void;
}

/** Longer timers overflow to none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Link {
  readonly requests: Requests;
  /** Whether the last digest compared was the server's, a channel. */
  readonly digests = new Map<ChannelName, boolean>();
  /** From a batch's text to its rows in the store, ms. */
  readonly applies = new Samples();
  #env: Environment;
  #server: string;
  #stores: Stores;
  #calls: LinkCalls;
  #session: Session;
  #socket: Socket | null = null;
  #queue: Event[] = [];
  #running = false;
  #received_ms: number | null = null;
  /** Length of the text that a batch or a snapshot's channel came in: the session hands them on, at once or later. */
  #texts = new WeakMap<DeltaBatch | ChannelSnapshot, number>();
  #cancelTimer: (() => void) | null = null;

  constructor(env: Environment, server: string, stores: Stores, calls: LinkCalls) {
    this.#env = env;
    this.#server = server;
    this.#stores = stores;
    this.#calls = calls;
    this.#session = createSession(followedOf(stores), env.seed());
    this.requests = new Requests(env);
  }

  get session(): Session {
    return this.#session;
  }

  /** Steps the session through `event` and what its effects bring about at once. */
  dispatch(event: Event): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const { state, effects } = step(this.#session, next, this.#env.now());
        this.#session = state;
        for (const effect of effects) this.#run(effect);
      }
    } finally {
      this.#running = false;
      this.#arm();
    }
    this.#calls.stepped(event);
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case "get":
        return this.#get(effect);
      case "probe":
        return this.#probe(effect.request);
      case "open":
        return this.#open(effect.connection);
      case "close":
        this.#socket?.close();
        this.#socket = null;
        this.requests.cancelBackground();
        return;
      case "send":
        this.#socket?.send(JSON.stringify(effect.message));
        return;
      case "apply":
        return this.#apply(effect.channel, effect.batch);
      case "load":
        return this.#load(effect.channel, effect.snapshot);
      case "clear":
        return this.#clear(effect.channel);
    }
  }

  #get({ request, channels, cursor }: Extract<Effect, { type: "get" }>): void {
    const query = new URLSearchParams({ channels: channels.join(",") });
    if (cursor !== null) query.set("cursor", cursor);
    const isResync = this.#session.at.phase === "live";
    this.requests.getBackground(`${this.#server}/dashboard/snapshot-v2?${query}`, isResync, (answer) => {
      const event = snapshotEvent(request, answer);
      if (event.type === "snapshot" && !(answer instanceof Error)) this.#weigh(event.snapshot, answer.text);
      this.dispatch(event);
    });
  }

  #weigh({ channels }: Snapshot, text: string): void {
    for (const [snapshot, text_bytes] of textOf(channels, text.length)) this.#texts.set(snapshot, text_bytes);
  }

  #probe(request: number): void {
    this.requests.getBackground(`${this.#server}/health/ready`, true, (answer) => {
      const ready = !(answer instanceof Error) && answer.status === 200;
      this.dispatch({ type: "probed", request, ready });
    });
  }

  #open(connection: number): void {
    const url = `${this.#server.replace(/^http/, "ws")}/dashboard/stream-v2`;
    this.#socket = this.#env.open(url, {
      onText: (text) => {
        const began = this.#env.now();
        this.#received_ms = began;
        const event = decodeFrame(text, connection);
        if (event.type === "batch") this.#texts.set(event.message, text.length);
        this.dispatch(event);
        this.#received_ms = null;
        if (event.type === "batch") this.applies.add(this.#env.now() - began);
      },
      onClosed: (code, reason) => this.dispatch({ type: "closed", connection, code, reason }),
    });
  }

  #apply(channel: ChannelName, batch: DeltaBatch): void {
    const { patch, watermark } = batch;
    const store = this.#stores[channel]!;
    store.apply(patch, this.#texts.get(batch));
    const rows = patch.upsert.length + patch.remove.length;
    const { count, digest } = watermark;
    this.#calls.changed({ channel, rows, cut: digest === null, received_ms: this.#received_ms });
    if (count !== null && digest !== null) this.#verify(channel, store, count, digest);
  }

  #load(channel: ChannelName, snapshot: ChannelSnapshot): void {
    const store = this.#stores[channel]!;
    const text_bytes = this.#texts.get(snapshot);
    if (snapshot.mode === "full") store.replace(snapshot.upsert, snapshot.cap, text_bytes);
    else store.apply(snapshot, text_bytes);
    this.#calls.changed({ channel, rows: snapshot.upsert.length, cut: false, received_ms: null });
    this.#verify(channel, store, snapshot.count, snapshot.digest);
  }

  #clear(channel: ChannelName): void {
    if (isMainChannel(channel)) this.#stores[channel] = new Store(CHANNELS[channel].cap);
    else delete this.#stores[channel];
    this.digests.delete(channel);
    this.#calls.changed({ channel, rows: 0, cut: false, received_ms: null });
  }

  #verify(channel: ChannelName, store: Store, count: number, digest: string): void {
    const ok = store.count === count && store.digest() === digest;
    this.digests.set(channel, ok);
    this.dispatch({ type: "verified", channel, ok });
  }

  #arm(): void {
    this.#cancelTimer?.();
    const at = wakeAt(this.#session);
    const delay = Math.min(LONGEST_TIMER_MS, Math.max(0, at - this.#env.now()));
    this.#cancelTimer =
      at === Number.POSITIVE_INFINITY ? null : this.#env.after(delay, () => this.dispatch({ type: "tick" }));
  }
}

function snapshotEvent(request: number, answer: Answer | Error): Event {
  const failed = { type: "snapshot_failed", request, status: 0, epoch: null, retry_after_ms: 0 } as const;
  if (answer instanceof Error) return { ...failed, reason: `no answer from the server: ${answer.message}` };
  const { status, text } = answer;
  if (status !== 200) {
    const retry_after_ms = Math.max(0, Number(answer.retry_after ?? 0) * 1000) || 0;
    return {
      ...failed,
      status,
      epoch: epochOf(text),
      retry_after_ms,
      reason: problemOf(text) ?? `HTTP ${status}`,
    };
  }
  const decoded = decodeSnapshot(text);
  return "fault" in decoded
    ? { ...failed, status, reason: decoded.fault }
    : { type: "snapshot", request, snapshot: decoded.snapshot };
}
