import type { ChainSection } from "../../protocol/chain-section.ts";

/** Where messages come from: a recording, a live node. Every source hands over whole, valid messages in log order. */
export interface Source {
  /** For log lines and metrics. */
  readonly name: string;
  /**
   * `true`: messages happen now, and the ingest appends a Tick each second of wall time. `false`: a recording, which
   * holds its own Ticks.
   */
  readonly live: boolean;
  /** What it brings to the registry of the fold that its messages go to. */
  readonly chains?: readonly ChainSection[];
  /**
   * Hands each message to `sink`, one whole message a call; its buffer may be reused after the call. Resolves when the
   * source has ended: a recording at its end (never while it loops), a live one after `stop`. Rejects when it cannot begin
   * or breaks for good.
   */
  start(sink: (message: Uint8Array) => void): Promise<void>;
  /** Ends the source and frees what it holds; `start` resolves. May be called at any time, more than once. */
  stop(): Promise<void>;
  /** What was met and could not be handed over, by code. */
  faultCounts(): Readonly<Record<string, number>>;
  /** Of stages that it keeps books of. */
  stages?(): readonly StageCounts[];
}

/** The books of a stage before the source's own hand-over: in = out + dropped. */
export interface StageCounts {
  readonly stage: string;
  readonly in: number;
  readonly out: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
}
