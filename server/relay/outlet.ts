/**
 * A producer of a relay that may be away: what it is given is kept in a ring and written when there is a relay; what the
 * ring drops before that is counted. Received = forwarded + held + dropped.
 */
import type { Socket } from "node:net";
import { StreamDecoder } from "../../protocol/tlv/stream-decoder.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Address } from "./address.ts";
import { keepAlive, readNotice } from "./control.ts";
import { Directory } from "./directory.ts";
import type { RelayDomain } from "./domain.ts";
import { RELAY_LIMITS } from "./limits.ts";
import { Link } from "./link.ts";
import { ReplayRing } from "./ring.ts";
import { RingReader } from "./ring-reader.ts";

export interface OutletOptions {
  readonly address: Address;
  readonly domain: RelayDomain;
  /** Of keep-alives' headers: who writes. */
  readonly source: number;
  readonly clock?: Clock;
  /** Default RELAY_LIMITS.outlet_bytes. */
  readonly ringBytes?: number;
  log(line: string): void;
}

export interface OutletCounts {
  readonly received: number;
  /** That a connection took. */
  readonly forwarded: number;
  readonly held: number;
  readonly dropped: number;
}

export class Outlet {
  readonly #options: OutletOptions;
  readonly #clock: Clock;
  readonly #ring: ReplayRing;
  readonly #directory = new Directory();
  readonly #view = new MessageView();
  readonly #link: Link;
  readonly #running: Promise<void>;
  #reader: RingReader | null = null;
  /** Number of the newest message that is done with: taken, or dropped. */
  #done = 0;
  #dropped = 0;
  #keepAlives = 0;
  #announced = false;
  #cancelCheck = (): void => {};

  /** Begins to connect. */
  constructor(options: OutletOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#ring = new ReplayRing({
      bytes: options.ringBytes ?? RELAY_LIMITS.outlet_bytes,
      messages: RELAY_LIMITS.outlet_messages_count,
    });
    this.#link = new Link({
      address: options.address,
      clock: this.#clock,
      connected: (socket) => this.#connected(socket),
      lost: () => this.#lost(),
      log: options.log,
    });
    this.#running = this.#link.run();
  }

  get isConnected(): boolean {
    return this.#reader !== null;
  }

  counts(): OutletCounts {
    this.#settle();
    return {
      received: this.#ring.newest,
      forwarded: this.#done - this.#dropped,
      held: this.#ring.newest - this.#done,
      dropped: this.#dropped,
    };
  }

  /** Takes one whole message; its bytes may be reused after the call. What comes in one go is written together. */
  push(message: Uint8Array): void {
    this.#ring.append(message);
    const view = this.#view.attach(message).seek(0, message.length);
    if (view.firstTlv()) this.#directory.take(view);
    if (this.#announced) return;
    this.#announced = true;
    queueMicrotask(() => {
      this.#announced = false;
      this.#reader?.pump();
    });
  }

  /** Ends, once what is held has been taken or linger_ms have passed. */
  async close(): Promise<void> {
    const deadline_ms = this.#clock.now().ms + RELAY_LIMITS.linger_ms;
    while (this.isConnected && this.counts().held > 0 && this.#clock.now().ms < deadline_ms) {
      await new Promise<void>((resolve) => void this.#clock.after(RELAY_LIMITS.flush_interval_ms, resolve));
    }
    this.#link.stop();
    await this.#running;
  }

  /**
   * What the relay before may have taken and not passed on is written once more, and to a new relay all descriptions of tokens
   * and pools: to readers a duplicate is harmless.
   */
  #connected(socket: Socket): void {
    this.#settle();
    const from = this.#ring.back(this.#done, RELAY_LIMITS.outlet_repeat_bytes);
    this.#reader = new RingReader(this.#ring, from, socket, this.#clock, (after, until) =>
      this.#drop(after, until),
    );
    const decoder = new StreamDecoder({
      onMessage: (view) => {
        const reason = readNotice(view);
        if (reason !== null) this.#link.explain(`the relay says: ${reason}`);
      },
      onFault: () => {},
    });
    socket.on("data", (chunk) => decoder.push(chunk));
    const descriptions = from > 0 ? [this.#directory.bytes()] : [];
    this.#reader.say(Buffer.concat([this.#keepAlive(), ...descriptions]));
    this.#checkLater();
  }

  #lost(): void {
    this.#settle();
    this.#reader?.stop();
    this.#reader = null;
    this.#settle();
    this.#cancelCheck();
  }

  /** With a connection, what the ring has dropped may still be on its way: its reader says what is not. */
  #settle(): void {
    if (this.#reader === null) this.#drop(this.#done, this.#ring.dropped);
    else this.#done = Math.max(this.#done, this.#reader.taken);
  }

  /** The messages after `after` up to `until` were not written; those of them that are done with were, before. */
  #drop(after: number, until: number): void {
    this.#done = Math.max(this.#done, after);
    this.#dropped += Math.max(0, until - this.#done);
    this.#done = Math.max(this.#done, until);
  }

  #checkLater(): void {
    this.#cancelCheck = this.#clock.after(RELAY_LIMITS.check_ms, () => {
      const reader = this.#reader;
      if (reader === null) return;
      if (reader.stalledMs >= RELAY_LIMITS.consumer_stall_ms) this.#link.cut("the relay takes nothing");
      else if (reader.quietMs >= RELAY_LIMITS.keep_alive_ms) reader.say(this.#keepAlive());
      this.#checkLater();
    });
  }

  #keepAlive(): Uint8Array {
    const { domain, source } = this.#options;
    return keepAlive(domain, source, this.#keepAlives++, this.#clock.now().unix_ms);
  }
}
