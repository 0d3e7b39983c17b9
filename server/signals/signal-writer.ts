/**
 * Writes each opportunity that opens as an ArbitrageSignal, once: a cursor in opportunity.main, moved on after each burst
 * that the model folds. What opened and ended within one burst is not worth a signal.
 */
import { type Channel, upsertsOf } from "../../model/channel.ts";
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import { encodeMessage } from "../../protocol/tlv/encode.ts";
import { SOURCE } from "../../protocol/tlv/registry.ts";
import type { Clock } from "../clock.ts";
import { type SignalConfig, signalOf } from "./arbitrage-signal.ts";

interface SignalWriterOptions {
  /** opportunity.main. */
  readonly channel: Pick<Channel, "lastSeq" | "changesSince">;
  readonly config: SignalConfig;
  readonly clock: Clock;
  /** Takes a whole message of the signal domain. */
  sink(message: Uint8Array): void;
}

export class SignalWriter {
  readonly #options: SignalWriterOptions;
  #cursor: number;
  #sequence = 0n;
  #overflows = 0;

  /** Begins with what opens from now on. */
  constructor(options: SignalWriterOptions) {
    this.#options = options;
    this.#cursor = options.channel.lastSeq;
  }

  /** Signals written so far. */
  get written(): number {
    return Number(this.#sequence);
  }

  /** `signal_overflow`: opportunities with a figure that a signal has no room for; they are not written. */
  faultCounts(): Record<string, number> {
    return { signal_overflow: this.#overflows };
  }

  /** The model folded something: writes what opened since. */
  changed(): void {
    const { channel } = this.#options;
    const since = this.#cursor;
    if (channel.lastSeq <= since) return;
    // Out of reach, the whole window is looked through.
    const changes = channel.changesSince(since) ?? channel.changesSince(0);
    if (changes === null) return;
    this.#cursor = changes.seq;
    for (const row of upsertsOf(changes) as OpportunityEntity[]) {
      if (row.status === "open" && row.method !== "signal" && row.opened_seq > since) this.#write(row);
    }
  }

  #write(row: OpportunityEntity): void {
    const { config, clock, sink } = this.#options;
    const signal = signalOf(row, config);
    if (signal === null) {
      this.#overflows++;
      return;
    }
    sink(
      encodeMessage({
        domain: "signal",
        source: SOURCE.arbitrage_strategy,
        sequence: ++this.#sequence,
        timestamp_ns: BigInt(Math.floor(clock.now().unix_ms)) * 1_000_000n,
        tlvs: [signal],
      }),
    );
  }
}
