/**
 * A relay as a source: reads its socket, comes again whenever the connection ends, and goes on from where it stood. Any
 * program that writes Protocol V2 messages to whoever connects is read too: it only cannot be asked for what was missed.
 */
import type { Socket } from "node:net";
import { TYPE } from "../../../protocol/tlv/layout.ts";
import { SOURCE } from "../../../protocol/tlv/registry.ts";
import type { MessageView } from "../../../protocol/tlv/view.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { type Address, formatAddress } from "../../relay/address.ts";
import { isFromRelay, positionMessage, readNotice, readPosition } from "../../relay/control.ts";
import { RELAY_LIMITS } from "../../relay/limits.ts";
import { Link } from "../../relay/link.ts";
import { LiveDecoder } from "../../relay/live-decoder.ts";
import type { Source } from "../source.ts";
import { StreamPosition } from "./position.ts";

export interface RelaySourceOptions {
  readonly address: Address;
  readonly clock?: Clock;
  log(line: string): void;
}

export class RelaySource implements Source {
  readonly name: string;
  readonly live = true;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #log: (line: string) => void;
  readonly #position = new StreamPosition();
  /** By fault code, those of the decoder among them. */
  readonly #faults: Record<string, number> = { relay_gap: 0, foreign_tick: 0 };
  #sink: (message: Uint8Array) => void = () => {};
  #decoder: LiveDecoder | null = null;
  /** Of this connection: the relay has said where it begins. What comes before that has no number. */
  #isNumbered = false;
  #connections = 0;
  #heardMs = 0;
  #cancelCheck = (): void => {};

  constructor({ address, clock = systemClock, log }: RelaySourceOptions) {
    this.name = formatAddress(address);
    this.#clock = clock;
    this.#log = (line) => log(`${this.name}: ${line}`);
    this.#link = new Link({
      address,
      clock,
      connected: (socket) => this.#connected(socket),
      lost: () => this.#lost(),
      log,
    });
  }

  /** Connections made so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Goes on until `stop`, whether there is a relay or not. */
  start(sink: (message: Uint8Array) => void): Promise<void> {
    this.#sink = sink;
    return this.#link.run();
  }

  async stop(): Promise<void> {
    this.#link.stop();
  }

  /** `relay_gap`: messages beyond the relay's replay ring; `foreign_tick`: Ticks, which are for this log's writer alone. */
  faultCounts(): Readonly<Record<string, number>> {
    return this.#faults;
  }

  #connected(socket: Socket): void {
    this.#connections++;
    const decoder = new LiveDecoder(
      {
        onMessage: (view) => this.#take(view),
        onFault: ({ error }) => this.#fault(error),
      },
      this.#clock,
    );
    this.#decoder = decoder;
    this.#isNumbered = false;
    this.#heardMs = this.#clock.now().ms;
    this.#cancelCheck = (): void => {};
    // It was a relay before: it will answer, or is dead.
    if (this.#position.at.epoch !== "") this.#watchSilence();
    socket.on("data", (chunk) => {
      this.#heardMs = this.#clock.now().ms;
      decoder.push(chunk);
    });
    const { unix_ms } = this.#clock.now();
    socket.write(positionMessage(this.#position.at, 0, SOURCE.dashboard, unix_ms));
  }

  #lost(): void {
    this.#cancelCheck();
    // What is incomplete of a relay's stream is asked for again.
    if (this.#isNumbered) this.#decoder?.stop();
    else this.#decoder?.end();
    this.#decoder = null;
  }

  #take(view: MessageView): void {
    if (!view.firstTlv()) {
      if (isFromRelay(view) && this.#isNumbered) this.#position.correct(Number(view.sequence));
      return;
    }
    if (isFromRelay(view) && this.#isControl(view)) return;
    if (this.#isNumbered) this.#position.advance();
    if (view.type === TYPE.Tick) this.#fault("foreign_tick");
    else this.#sink(view.bytes.subarray(view.start, view.end));
  }

  /** What the relay itself says of the stream is no message of it. */
  #isControl(view: MessageView): boolean {
    const begin = readPosition(view);
    if (begin !== null) {
      const missed = this.#position.begin(begin);
      this.#isNumbered = true;
      if (missed > 0) {
        this.#fault("relay_gap", missed);
        this.#log(`${missed} messages are no longer held by the relay`);
      }
      this.#decoder?.askAgain(RELAY_LIMITS.relay_half_message_ms, () =>
        this.#link.cut("a message stays incomplete"),
      );
      this.#watchSilence();
      return true;
    }
    const reason = readNotice(view);
    if (reason !== null) this.#link.explain(`the relay says: ${reason}`);
    return reason !== null;
  }

  /** Whoever answers is a relay, and sends keep-alives: one that falls silent is dead, however open its socket looks. */
  #watchSilence(): void {
    this.#cancelCheck();
    this.#cancelCheck = this.#clock.after(RELAY_LIMITS.check_ms, () => {
      if (this.#clock.now().ms - this.#heardMs < RELAY_LIMITS.relay_silence_ms) this.#watchSilence();
      else this.#link.cut(`silent for ${RELAY_LIMITS.relay_silence_ms} ms`);
    });
  }

  #fault(code: string, count = 1): void {
    this.#faults[code] = (this.#faults[code] ?? 0) + count;
  }
}
