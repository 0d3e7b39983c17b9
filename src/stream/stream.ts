/** The page's end of the stream worker: starts it, feeds the stores from its frames, and offers its calls. */
import { type Remote, transfer } from "comlink";
import type { Frame, StreamWorker } from "../../workers/api.ts";
import { startClock } from "../stores/clock.ts";
import { useMetrics } from "../stores/metrics.ts";
import { applySeries } from "../stores/series.ts";
import { applyStatus, sampleRate } from "../stores/status.ts";
import { applyViews } from "../stores/views.ts";
import { receiveFrames } from "./frames.ts";
import { measure } from "./measure.ts";
import { oneAtATime } from "./one-at-a-time.ts";

const FRAME_RATE_HZ = 60;

/** The worker's calls; each answers with a promise. */
export type StreamCalls = Remote<StreamWorker>;

/** Starts streaming from `server` (an http origin). Returns the stop. */
export function startStream(calls: StreamCalls, server: string): () => void {
  const { port1, port2 } = new MessageChannel();
  const stopFrames = receiveFrames(port1, applyFrame);
  void calls.start({ server, frame_rate_hz: FRAME_RATE_HZ }, transfer(port2, [port2]));

  const onVisibility = () => void calls.setHidden(document.hidden);
  document.addEventListener("visibilitychange", onVisibility);
  if (document.hidden) onVisibility();
  const onOnline = () => void calls.retry();
  window.addEventListener("online", onOnline);

  const takeStatus = oneAtATime(() => askStatus(calls));
  const takeMetrics = oneAtATime(async () => useMetrics.setState({ metrics: await measure(calls) }));
  const stopClock = startClock(() => {
    sampleRate();
    void (document.hidden ? takeStatus() : takeMetrics());
  });

  return () => {
    stopClock();
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("online", onOnline);
    void calls.stop();
    stopFrames();
  };
}

/** A hidden page gets no frames, and its title must still say when the stream breaks. */
async function askStatus(calls: StreamCalls): Promise<void> {
  const status = await calls.status();
  if (status !== null && document.hidden) applyStatus(status);
}

function applyFrame(frame: Frame): void {
  applyStatus(frame.status);
  applyViews(frame.views);
  applySeries(frame.series);
}
