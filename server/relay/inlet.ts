/** What one connection writes: decoded, judged and counted. Received = accepted + dropped by reason. */
import type { FaultCode } from "../../protocol/tlv/faults.ts";
import type { MessageView } from "../../protocol/tlv/view.ts";
import type { Clock } from "../clock.ts";
import { type Position, readPosition } from "./control.ts";
import { type ChecksumPolicy, type Refusal, type RelayDomain, refusal } from "./domain.ts";
import { LiveDecoder } from "./live-decoder.ts";

/** Why a message that came goes no further. */
export type DropReason = "keep_alive" | "position" | "cut" | Refusal;

export interface InletEvents {
  asked(position: Position): void;
  /** Before each message or keep-alive is judged: whoever writes one is a producer. */
  produced(): void;
  /** A message to pass on, the view on its first TLV; its bytes are reused after the call. */
  accepted(view: MessageView): void;
}

export class Inlet {
  readonly #domain: RelayDomain;
  readonly #checksums: ChecksumPolicy;
  readonly #events: InletEvents;
  readonly #clock: Clock;
  readonly #decoder: LiveDecoder;
  #isStopped = false;
  #accepted = 0;
  readonly dropped: Partial<Record<DropReason, number>> = {};
  /** Damage, by code. */
  readonly faults: Partial<Record<FaultCode, number>> = {};
  /** Bytes since the last whole message. */
  #pendingBytes = 0;
  #lastMs: number;

  constructor(domain: RelayDomain, checksums: ChecksumPolicy, events: InletEvents, clock: Clock) {
    this.#domain = domain;
    this.#checksums = checksums;
    this.#events = events;
    this.#clock = clock;
    this.#lastMs = clock.now().ms;
    this.#decoder = new LiveDecoder(
      {
        checksums: checksums === "trust" ? "trust" : "verify",
        onMessage: (view) => this.#take(view),
        onFault: ({ error }) => {
          this.faults[error] = (this.faults[error] ?? 0) + 1;
        },
      },
      clock,
    );
  }

  get received(): number {
    return this.#accepted + Object.values(this.dropped).reduce((sum, count) => sum + count, 0);
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** Bytes that came since the last whole message; of damage too. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** For how long nothing has come. */
  get silentMs(): number {
    return this.#clock.now().ms - this.#lastMs;
  }

  push(chunk: Uint8Array): void {
    this.#lastMs = this.#clock.now().ms;
    this.#pendingBytes += chunk.length;
    this.#decoder.push(chunk);
  }

  /** The peer writes no more. */
  end(): void {
    this.#decoder.end();
  }

  /** What is still in a chunk that is being decoded is dropped. */
  stop(): void {
    this.#isStopped = true;
    this.#decoder.stop();
  }

  #take(view: MessageView): void {
    this.#pendingBytes = 0;
    const position = readPosition(view);
    if (position !== null) {
      this.#drop("position");
      this.#events.asked(position);
      return;
    }
    this.#events.produced();
    const reason = this.#refuse(view);
    if (reason !== null) {
      this.#drop(reason);
      return;
    }
    this.#accepted++;
    this.#events.accepted(view);
  }

  #refuse(view: MessageView): DropReason | null {
    if (this.#isStopped) return "cut";
    return view.firstTlv() ? refusal(view, this.#domain, this.#checksums) : "keep_alive";
  }

  #drop(reason: DropReason): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }
}
