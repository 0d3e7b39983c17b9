/**
 * One connection of a relay. It is new until it has written something or first_word_ms have passed; then a producer from
 * its first message on, or a consumer.
 */
import type { Socket } from "node:net";
import type { MessageView } from "../../protocol/tlv/view.ts";
import type { Clock } from "../clock.ts";
import { keepAlive, notice, type Position, positionMessage } from "./control.ts";
import type { Directory } from "./directory.ts";
import { type ChecksumPolicy, RELAY_SOURCE, type RelayDomain } from "./domain.ts";
import { Inlet } from "./inlet.ts";
import { RELAY_LIMITS } from "./limits.ts";
import type { ReplayRing } from "./ring.ts";
import { RingReader } from "./ring-reader.ts";

/** Why the relay itself ends a connection. */
export type CutReason =
  | "too_many_connections"
  | "too_many_producers"
  | "producer_silent"
  | "consumer_stalled"
  | "consumer_overtaken"
  | "relay_stops";

export type Role = "new" | "producer" | "consumer" | "cut";

export interface PeerHost {
  readonly domain: RelayDomain;
  readonly checksums: ChecksumPolicy;
  readonly epoch: string;
  readonly ring: ReplayRing;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly producerSilenceMs: number;
  /** Of this peer: is there room for one more producer? */
  mayProduce(): boolean;
  accepted(view: MessageView): void;
  /** All that came at once has been accepted. */
  flushSoon(): void;
  cut(peer: Peer, reason: CutReason): void;
  /** A reader that asked anew, or turned out a producer, was replaced. */
  readerEnded(reader: RingReader): void;
  ended(peer: Peer): void;
}

const NOTHING = new Uint8Array(0);

export class Peer {
  /** For log lines: what it is called, and where it comes from. */
  readonly name: string;
  readonly inlet: Inlet;
  readonly #socket: Socket;
  readonly #host: PeerHost;
  #role: Role = "new";
  #reader: RingReader | null;
  /** The last request that is not answered yet. */
  #asked: Position | null = null;
  #cancelFirstWord: () => void;
  #cancelLinger = (): void => {};

  constructor(socket: Socket, name: string, host: PeerHost) {
    this.name = name;
    this.#socket = socket;
    this.#host = host;
    this.#reader = new RingReader(host.ring, host.ring.newest, socket, host.clock, null);
    this.inlet = new Inlet(
      host.domain,
      host.checksums,
      {
        asked: (position) => this.#ask(position),
        produced: () => this.#becomeProducer(),
        accepted: (view) => host.accepted(view),
      },
      host.clock,
    );
    this.#cancelFirstWord = host.clock.after(RELAY_LIMITS.first_word_ms, () => {
      // This process itself may have been busy: what has come meanwhile is read before the judgement.
      this.#cancelFirstWord = host.clock.after(0, () => this.#becomeConsumer());
    });
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("end", () => this.#ended());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#closed());
  }

  get role(): Role {
    return this.#role;
  }

  get reader(): RingReader | null {
    return this.#reader;
  }

  pump(): void {
    if (this.#role === "consumer") this.#reader?.pump();
  }

  /** What time has done to it: a silent producer, a stalled or quiet consumer. */
  check(): void {
    if (this.#role === "producer" && this.inlet.silentMs >= this.#host.producerSilenceMs) {
      this.#host.cut(this, "producer_silent");
    }
    const reader = this.#reader;
    if (this.#role !== "consumer" || reader === null) return;
    if (reader.isOvertaken) this.#host.cut(this, "consumer_overtaken");
    else if (reader.stalledMs >= RELAY_LIMITS.consumer_stall_ms) this.#host.cut(this, "consumer_stalled");
    else if (reader.quietMs >= RELAY_LIMITS.keep_alive_ms) this.#keepAlive(reader);
  }

  /** Ends the connection behind a last word that says why, and cuts it off where that is not taken in time. */
  end(reason: CutReason, detail: string): void {
    this.#role = "cut";
    this.#stop();
    const { clock, domain } = this.#host;
    this.#socket.end(notice(`${reason}: ${detail}`, RELAY_SOURCE[domain], clock.now().unix_ms));
    this.#cancelLinger = clock.after(RELAY_LIMITS.linger_ms, () => this.#socket.destroy());
  }

  #take(chunk: Uint8Array): void {
    if (this.#role === "cut") return;
    this.inlet.push(chunk);
    if (this.inlet.pendingBytes > RELAY_LIMITS.max_request_bytes) this.#becomeProducer();
    this.#host.flushSoon();
  }

  #becomeProducer(): void {
    if (this.#role === "producer" || this.#role === "cut") return;
    this.#cancelFirstWord();
    if (!this.#host.mayProduce()) {
      this.#host.cut(this, "too_many_producers");
      return;
    }
    this.#role = "producer";
    this.#endReader();
  }

  #becomeConsumer(): void {
    this.#cancelFirstWord();
    if (this.#role !== "new") return;
    this.#role = "consumer";
    this.pump();
  }

  /** Answers once the socket has taken all that it was given, so that many requests cost no more than the last of them. */
  #ask(position: Position): void {
    if (this.#role === "cut" || this.#role === "producer") return;
    this.#cancelFirstWord();
    this.#reader?.stop();
    const isWaiting = this.#asked !== null;
    this.#asked = position;
    if (!isWaiting) this.#socket.write(NOTHING, () => this.#answer());
  }

  /**
   * Goes on from where the position says, or as near behind it as the ring reaches. To a reader for whom that leaves a gap
   * the directory is written first.
   */
  #answer(): void {
    const position = this.#asked;
    this.#asked = null;
    if (position === null || this.#role === "cut" || this.#role === "producer") return;
    const { ring, directory, epoch, clock, domain } = this.#host;
    const wanted = position.epoch === epoch ? Math.min(position.seq, ring.newest) : 0;
    const start = Math.max(wanted, ring.dropped);
    this.#endReader();
    this.#reader = new RingReader(ring, start, this.#socket, clock, null);
    this.#role = "consumer";
    const answer = positionMessage(
      { epoch, seq: start },
      ring.newest,
      RELAY_SOURCE[domain],
      clock.now().unix_ms,
    );
    if (start > wanted) this.#socket.write(directory.bytes());
    this.#reader.say(answer);
  }

  #keepAlive(reader: RingReader): void {
    const { clock, domain } = this.#host;
    reader.say(keepAlive(domain, RELAY_SOURCE[domain], reader.taken, clock.now().unix_ms));
  }

  /** The peer writes no more. A reader may still read: where it does not, the next write to it fails. */
  #ended(): void {
    this.inlet.end();
    this.#host.flushSoon();
    if (this.#role === "producer") this.#socket.end();
  }

  #endReader(): void {
    if (this.#reader === null) return;
    this.#reader.stop();
    this.#host.readerEnded(this.#reader);
    this.#reader = null;
  }

  #stop(): void {
    this.#cancelFirstWord();
    this.inlet.stop();
    this.#endReader();
  }

  #closed(): void {
    this.#cancelLinger();
    this.#stop();
    this.#host.ended(this);
  }
}
