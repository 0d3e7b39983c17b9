/** A source that replays a recording, in slices short enough for the event loop. */
import type { ChainSection } from "../../protocol/chain-section.ts";
import { LapShift, type LapSpans, measureLap } from "../../protocol/recording/lap.ts";
import type { Recording } from "../../protocol/recording/reader.ts";
import { CliError } from "../cli/errors.ts";
import { type Clock, systemClock } from "../clock.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { ownRhythm, type Pace, transactionRate } from "./pace.ts";
import type { Source } from "./source.ts";

export interface ReplayOptions {
  readonly name: string;
  /** Times the recording's own rhythm; or a rate of transactions instead of it. */
  readonly pace:
    | { readonly kind: "speed"; readonly factor: number }
    | { readonly kind: "rate"; readonly tx_per_s: number };
  /** Begin anew at the end, each lap with new events. */
  readonly loop: boolean;
  /** Of the recording's manifest. */
  readonly chains?: readonly ChainSection[];
  readonly clock?: Clock;
}

/** The clock is looked at after so many messages. */
const MESSAGES_PER_LOOK = 32;

export class RecordingSource implements Source {
  readonly name: string;
  readonly live = false;
  readonly chains: readonly ChainSection[];
  readonly #recording: Recording;
  readonly #pace: Pace;
  readonly #spans: LapSpans;
  readonly #loop: boolean;
  readonly #clock: Clock;
  readonly #scratch: Uint8Array;
  #shift: LapShift;
  #lap = 0;
  #next = 0;
  /** When this lap began; moves on when debt is dropped. */
  #startedMs = 0;
  #cancel: () => void = () => {};
  #end: () => void = () => {};
  #stopped = false;

  /** Throws CliError where a rate is asked of a recording without transactions. */
  constructor(recording: Recording, options: ReplayOptions) {
    this.name = options.name;
    this.chains = options.chains ?? [];
    this.#recording = recording;
    this.#loop = options.loop;
    this.#clock = options.clock ?? systemClock;
    this.#spans = measureLap(recording);
    this.#pace = paceOf(recording, this.#spans, options);
    this.#shift = new LapShift(0, this.#spans);
    this.#scratch = new Uint8Array(longest(recording));
  }

  start(sink: (message: Uint8Array) => void): Promise<void> {
    this.#startedMs = this.#clock.now().ms;
    return new Promise((resolve) => {
      this.#end = resolve;
      if (this.#stopped) resolve();
      else this.#play(sink);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    this.#end();
  }

  faultCounts(): Readonly<Record<string, number>> {
    return this.#recording.faultCounts;
  }

  /** Hands over what is due, for one slice at most, and comes again when the next message is due. */
  #play(sink: (message: Uint8Array) => void): void {
    let now = this.#clock.now().ms;
    const debt = now - this.#dueMs();
    if (debt > SERVER_LIMITS.replay_max_debt_ms) this.#startedMs += debt;
    const sliceEnd = now + SERVER_LIMITS.replay_slice_ms;
    for (let handed = 0; this.#dueMs() <= now; handed++) {
      if (handed % MESSAGES_PER_LOOK === MESSAGES_PER_LOOK - 1) {
        now = this.#clock.now().ms;
        if (now > sliceEnd) break;
      }
      sink(this.#message());
      if (this.#stopped) return;
      this.#next++;
      if (this.#next === this.#recording.count && !this.#beginLap()) return;
    }
    this.#cancel = this.#clock.after(Math.max(0, this.#dueMs() - now), () => this.#play(sink));
  }

  /** False at the end of a replay that does not loop. */
  #beginLap(): boolean {
    if (!this.#loop) {
      this.#stopped = true;
      this.#end();
      return false;
    }
    this.#next = 0;
    this.#lap++;
    this.#startedMs += this.#pace.lapMs;
    this.#shift = new LapShift(this.#lap, this.#spans);
    return true;
  }

  #dueMs(): number {
    return this.#startedMs + (this.#pace.dueMs[this.#next] as number);
  }

  #message(): Uint8Array {
    const { bytes, start, end } = this.#recording.message(this.#next);
    if (this.#lap === 0) return bytes.subarray(start, end);
    const copy = this.#scratch.subarray(0, end - start);
    copy.set(bytes.subarray(start, end));
    this.#shift.apply(copy);
    return copy;
  }
}

function paceOf(recording: Recording, spans: LapSpans, { pace, name }: ReplayOptions): Pace {
  if (pace.kind === "speed") return ownRhythm(recording, Number(spans.seconds), pace.factor);
  const rate = transactionRate(recording, pace.tx_per_s);
  if (rate === null) throw new CliError(`--rate: ${name} holds no Transaction message; use --speed`);
  return rate;
}

function longest(recording: Recording): number {
  let bytes = 0;
  for (const [index, end] of recording.ends.entries()) {
    bytes = Math.max(bytes, end - (recording.starts[index] as number));
  }
  return bytes;
}
