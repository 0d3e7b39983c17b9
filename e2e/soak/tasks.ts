/**
 * The longest task of the page's main thread by the processor time that it took, from a trace of the browser: what the
 * page does, not what else the machine did meanwhile.
 */
import type { Page } from "@playwright/test";

/** Of the trace event format: durations in µs, `tdur` in the thread's own processor time. */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  tdur?: number;
  args: { name?: string };
}

export interface LongestTask {
  cpu_ms: number;
  /** Tasks in the trace, so that an empty trace is told from a calm page. */
  tasks: number;
}

export async function longestTask(page: Page, during: () => Promise<void>): Promise<LongestTask> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("the page has no browser to trace");
  await browser.startTracing(page, {
    categories: ["-*", "disabled-by-default-devtools.timeline", "__metadata"],
  });
  await during();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(threadOf),
  );
  const tasks = traceEvents.filter((event) => event.name === "RunTask" && mainThreads.has(threadOf(event)));
  return { cpu_ms: Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1_000)), tasks: tasks.length };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}:${tid}`;
}
