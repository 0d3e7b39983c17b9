/**
 * The relay of one domain: what producers write goes into a replay ring, and from there to every reader. Readers hold a
 * number each, so that the slowest of them costs no more than the fastest; see docs/relay.md.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { MessageView } from "../../protocol/tlv/view.ts";
import { type Clock, systemClock } from "../clock.ts";
import { addCut, addInlet, addReader, noCounts, type RelayCounts } from "./counts.ts";
import { Directory } from "./directory.ts";
import { CHECKSUM_POLICY, type ChecksumPolicy, type RelayDomain } from "./domain.ts";
import { RELAY_LIMITS } from "./limits.ts";
import { type CutReason, Peer, type Role } from "./peer.ts";
import { ReplayRing } from "./ring.ts";

export interface RelayOptions {
  readonly domain: RelayDomain;
  /** Default: the domain's policy. */
  readonly checksums?: ChecksumPolicy;
  /** Default RELAY_LIMITS.ring_bytes. */
  readonly ringBytes?: number;
  /** Default RELAY_LIMITS.flush_interval_ms. */
  readonly flushIntervalMs?: number;
  /** Default RELAY_LIMITS.producer_silence_ms. */
  readonly producerSilenceMs?: number;
  readonly clock?: Clock;
  /** One line for the operator. */
  log(line: string): void;
}

export class Relay {
  readonly domain: RelayDomain;
  /** Of this life of the relay: its numbers begin at 1. */
  readonly epoch = randomBytes(12).toString("hex");
  readonly ring: ReplayRing;
  readonly directory = new Directory();
  readonly #options: RelayOptions;
  readonly #clock: Clock;
  readonly #peers = new Set<Peer>();
  /** Of what has ended. */
  readonly #past = noCounts();
  #made = 0;
  #waitingBytes = 0;
  #flushedMs = Number.NEGATIVE_INFINITY;
  #cancelFlush: (() => void) | null = null;
  #cancelCheck: (() => void) | null = null;
  #isClosing = false;
  #closed = (): void => {};

  constructor(options: RelayOptions) {
    this.domain = options.domain;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.ring = new ReplayRing({
      bytes: options.ringBytes ?? RELAY_LIMITS.ring_bytes,
      messages: RELAY_LIMITS.ring_messages_count,
    });
  }

  get peers(): ReadonlySet<Peer> {
    return this.#peers;
  }

  count(role: Role): number {
    let count = 0;
    for (const peer of this.#peers) if (peer.role === role) count++;
    return count;
  }

  counts(): RelayCounts {
    const counts = structuredClone(this.#past);
    for (const peer of this.#peers) {
      addInlet(counts, peer);
      if (peer.reader !== null) addReader(counts, peer.reader);
    }
    return counts;
  }

  /** Takes a connection, made with `allowHalfOpen`; `from`: whence, for log lines. */
  accept(socket: Socket, from: string): void {
    socket.setNoDelay(true).setKeepAlive(true);
    const peer = new Peer(socket, `#${++this.#made}${from && ` from ${from}`}`, {
      domain: this.domain,
      checksums: this.#options.checksums ?? CHECKSUM_POLICY[this.domain],
      epoch: this.epoch,
      ring: this.ring,
      directory: this.directory,
      clock: this.#clock,
      producerSilenceMs: this.#options.producerSilenceMs ?? RELAY_LIMITS.producer_silence_ms,
      mayProduce: () => this.count("producer") < RELAY_LIMITS.max_producers_count,
      accepted: (view) => this.#accepted(view),
      flushSoon: () => this.#flushSoon(),
      cut: (cutPeer, reason) => this.#cut(cutPeer, reason),
      readerEnded: (reader) => addReader(this.#past, reader),
      ended: (endedPeer) => this.#ended(endedPeer),
    });
    this.#peers.add(peer);
    if (this.#isClosing) this.#cut(peer, "relay_stops");
    else if (this.#peers.size > RELAY_LIMITS.max_connections_count) this.#cut(peer, "too_many_connections");
    this.#cancelCheck ??= this.#checkLater();
  }

  /** Takes nothing more, lets readers take what is held for them within linger_ms, and ends every connection. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#flush();
    for (const peer of this.#peers) if (peer.role !== "consumer") this.#cut(peer, "relay_stops");
    await this.#drained();
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    for (const peer of this.#peers) this.#cut(peer, "relay_stops");
    if (this.#peers.size > 0) await closed;
    this.#cancelCheck?.();
    this.#cancelCheck = null;
  }

  #drained(): Promise<void> {
    const deadline_ms = this.#clock.now().ms + RELAY_LIMITS.linger_ms;
    return new Promise((resolve) => {
      const look = (): void => {
        const isDrained = !Array.from(this.#peers).some(({ reader }) => (reader?.held ?? 0) > 0);
        if (isDrained || this.#clock.now().ms >= deadline_ms) resolve();
        else this.#clock.after(RELAY_LIMITS.flush_interval_ms, look);
      };
      look();
    });
  }

  #accepted(view: MessageView): void {
    this.ring.append(view.bytes.subarray(view.start, view.end));
    this.directory.take(view);
    this.#waitingBytes += view.end - view.start;
  }

  #flushSoon(): void {
    if (this.#waitingBytes === 0) return;
    const { flushIntervalMs = RELAY_LIMITS.flush_interval_ms } = this.#options;
    const left = this.#flushedMs + flushIntervalMs - this.#clock.now().ms;
    if (left <= 0 || this.#waitingBytes >= RELAY_LIMITS.flush_threshold_bytes) this.#flush();
    else this.#cancelFlush ??= this.#clock.after(left, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#waitingBytes = 0;
    this.#flushedMs = this.#clock.now().ms;
    for (const peer of this.#peers) peer.pump();
  }

  #cut(peer: Peer, reason: CutReason): void {
    if (peer.role === "cut") return;
    const detail = describe(peer, reason);
    addCut(this.#past, reason);
    if (reason !== "relay_stops") {
      this.#options.log(`relay ${this.domain}: ${peer.name} is cut, ${reason}: ${detail}`);
    }
    peer.end(reason, detail);
  }

  #ended(peer: Peer): void {
    addInlet(this.#past, peer);
    this.#peers.delete(peer);
    if (this.#isClosing && this.#peers.size === 0) this.#closed();
  }

  #checkLater(): () => void {
    return this.#clock.after(RELAY_LIMITS.check_ms, () => {
      this.#cancelCheck = null;
      for (const peer of this.#peers) peer.check();
      if (this.#peers.size > 0) this.#cancelCheck = this.#checkLater();
    });
  }
}

function describe(peer: Peer, reason: CutReason): string {
  switch (reason) {
    case "too_many_connections":
      return `${RELAY_LIMITS.max_connections_count} at the most`;
    case "too_many_producers":
      return `${RELAY_LIMITS.max_producers_count} at the most`;
    case "producer_silent":
      return `nothing in ${Math.round(peer.inlet.silentMs)} ms, no keep-alive either`;
    case "consumer_stalled":
      return `has not taken what it was given in ${Math.round(peer.reader?.stalledMs ?? 0)} ms, ${peer.reader?.held ?? 0} messages behind`;
    case "consumer_overtaken":
      return `${peer.reader?.held ?? 0} messages behind, further than the replay ring reaches`;
    case "relay_stops":
      return "come again";
  }
}
