/** What the worker last said of the stream: connection, cursor, rates. Every frame carries it whole. */
import { create } from "zustand";
import type { Connection, StreamStatus } from "../../workers/api.ts";
import { type WholeTimes, wholeTimes } from "./freshness.ts";

/** Samples of the event rate, one a second. */
export const RATE_SAMPLES = 60;

interface StatusState {
  /** null until the worker's first frame. */
  status: StreamStatus | null;
  /** Event rate (rows/s), oldest first, `RATE_SAMPLES` at most. */
  rates: readonly number[];
  whole: WholeTimes;
}

export const useStatus = create<StatusState>(() => ({ status: null, rates: [], whole: {} }));

export function applyStatus(next: StreamStatus): void {
  const { status: before, whole } = useStatus.getState();
  // A frame is a copy, so an equal connection would be a new object 30 times a second: keep the old one.
  const connection = sameConnection(before?.connection, next.connection) ? before?.connection : undefined;
  useStatus.setState({
    status: connection === undefined ? next : { ...next, connection },
    whole: wholeTimes(whole, next),
  });
}

/** The page itself cannot go on (no worker, bad address): shown as the stream's own failure is. */
export function failStatus(server: string, reason: string): void {
  const before = useStatus.getState().status;
  useStatus.setState({
    status: {
      server,
      epoch: null,
      seq: 0,
      event_unix_ms: 0,
      last_frame_unix_ms: null,
      rows_per_s: 0,
      channels: {},
      ...before,
      connection: { state: "failed", reason },
    },
  });
}

/** Takes one sample of the rate; called once a second. */
export function sampleRate(): void {
  useStatus.setState(({ status, rates }) => ({
    rates: [...rates, status?.rows_per_s ?? 0].slice(-RATE_SAMPLES),
  }));
}

function sameConnection(a: Connection | undefined, b: Connection): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
