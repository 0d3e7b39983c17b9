/** What the Stream panel shows: everything the worker tells of itself, at one instant a second. */
import { useEffect, useState } from "react";
import type {
  LossReport,
  MemoryReport,
  StreamCounters,
  StreamStatus,
  WorkerMetrics,
} from "../../workers/api.ts";
import { useClock } from "../stores/clock.ts";
import { useMetrics } from "../stores/metrics.ts";
import { useStatus } from "../stores/status.ts";
import { useStream } from "../stream/context.ts";
import { oneAtATime } from "../stream/one-at-a-time.ts";
import type { StreamCalls } from "../stream/stream.ts";

export interface Telemetry {
  status: StreamStatus | null;
  losses: LossReport;
  memory: MemoryReport;
  counters: StreamCounters;
  metrics: WorkerMetrics | null;
}

/** null until the worker has answered. Asks only while the component is there and the page is seen, one question at a time. */
export function useTelemetry(): Telemetry | null {
  const calls = useStream();
  const [telemetry, setTelemetry] = useState<Telemetry | null>(null);
  useEffect(() => {
    let wanted = true;
    const look = oneAtATime(async () => {
      if (document.hidden) return;
      const answer = await ask(calls);
      if (wanted) setTelemetry(answer);
    });
    void look();
    const stop = useClock.subscribe(() => void look());
    return () => {
      wanted = false;
      stop();
    };
  }, [calls]);
  return telemetry;
}

async function ask(calls: StreamCalls): Promise<Telemetry> {
  const [losses, memory, counters] = await Promise.all([calls.losses(), calls.memory(), calls.counters()]);
  const { status } = useStatus.getState();
  const { metrics } = useMetrics.getState();
  return { status, losses, memory, counters, metrics };
}
