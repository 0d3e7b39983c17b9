/** `window.mempulse`: what tests, and a user at the console, may ask the page. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type {
  LossReport,
  StreamCounters,
  StreamStatus,
  StreamWorker,
  WorkerMetrics,
} from "../../workers/api.ts";
import { useStatus } from "../stores/status.ts";
import { measure } from "./measure.ts";
import type { StreamCalls } from "./stream.ts";

export interface PageHandle {
  /** The browser's metrics by their contract names. */
  metrics(): Promise<WorkerMetrics>;
  /** What went wrong on the stream and was repaired. */
  counters(): Promise<StreamCounters>;
  /** What this page did not get to see, and where it was lost. */
  losses(): Promise<LossReport>;
  /** What the worker holds of a channel. */
  contents(channel: ChannelName): Promise<ReturnType<StreamWorker["contents"]>>;
  /** The last status that the page was told; null before the first. */
  status(): StreamStatus | null;
}

declare global {
  interface Window {
    mempulse: PageHandle;
  }
}

export function installHandle(calls: StreamCalls): void {
  window.mempulse = {
    metrics: () => measure(calls),
    counters: () => calls.counters(),
    losses: () => calls.losses(),
    contents: (channel) => calls.contents(channel),
    status: () => useStatus.getState().status,
  };
}
