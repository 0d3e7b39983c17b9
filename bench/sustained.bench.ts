/** The whole server, flat out: from the log through the fold to the channels, and on to dashboards. */
import { join } from "node:path";
import { Child } from "./child.ts";
import { LOG_NOTE } from "./fold-log.ts";
import type { BenchTable } from "./harness.ts";
import type { DashboardsOrder, DashboardsReport } from "./sustained/dashboards.ts";
import type { ServerOrder, ServerReport } from "./sustained/server.ts";

const DASHBOARDS = 4;
const WARM_UP_S = 10;
const ALONE_S = 20;
/** Spells of the minute with dashboards; memory is read after each. */
const SPELLS = 6;
const SPELL_S = 10;
const ATTACHED_S = SPELLS * SPELL_S;
const MB = 1e6;

export async function run(): Promise<BenchTable> {
  const here = (file: string) => join(import.meta.dirname, "sustained", file);
  const server = new Child<ServerOrder, ServerReport>(here("server.ts"), ["--expose-gc"]);
  const dashboards = new Child<DashboardsOrder, DashboardsReport>(here("dashboards.ts"));
  try {
    await server.ask({ do: "listen" });
    const warm = await server.ask({ do: "run", ms: WARM_UP_S * 1_000 });
    const alone = await server.ask({ do: "run", ms: ALONE_S * 1_000 });
    await dashboards.ask({ do: "connect", port: warm.port, count: DASHBOARDS });
    await server.ask({ do: "run", ms: WARM_UP_S * 1_000 });
    const before = await dashboards.ask({ do: "count" });
    const spells: ServerReport[] = [];
    for (let n = 0; n < SPELLS; n++) spells.push(await server.ask({ do: "run", ms: SPELL_S * 1_000 }));
    const after = await dashboards.ask({ do: "count" });
    const messages = sum(spells, "messages");
    if (messages === 0) throw new Error("nothing was folded");
    if (after.open !== DASHBOARDS) throw new Error(`${DASHBOARDS - after.open} dashboards were cut off`);
    const nobody = "nobody attached";
    const aloneRate = alone.messages / ALONE_S;
    const rate = messages / ATTACHED_S;
    const early = sum(spells.slice(0, SPELLS / 2), "heap_bytes") / (SPELLS / 2);
    const late = sum(spells.slice(SPELLS / 2), "heap_bytes") / (SPELLS / 2);
    const perDashboard = (count: keyof DashboardsReport) =>
      (after[count] - before[count]) / DASHBOARDS / ATTACHED_S;
    return {
      title: "Sustained: log, fold, channels, dashboards",
      note:
        `${LOG_NOTE}. A whole server in one process, a thread of which makes the log; ${DASHBOARDS} dashboards in ` +
        "another, each on all channels, check each frame's place and grant the next; one frame in 16 is parsed whole. " +
        `${ALONE_S} s without, then ${ATTACHED_S} s with them, windows full. Processor time is that of the server's main ` +
        `thread. Memory is heap and buffers after a collection, every ${SPELL_S} s of the minute.`,
      rows: [
        { case: nobody, value: aloneRate, unit: "messages/s" },
        {
          case: `${DASHBOARDS} dashboards attached, ${ATTACHED_S} s`,
          value: rate,
          unit: "messages/s",
          ratio: rate / aloneRate,
          compared_with: nobody,
        },
        {
          case: "nobody attached, a second of processor time",
          value: alone.messages / alone.thread_s,
          unit: "messages",
        },
        {
          case: "with dashboards, a second of processor time",
          value: messages / sum(spells, "thread_s"),
          unit: "messages",
          ratio: (messages / sum(spells, "thread_s")) * (alone.thread_s / alone.messages),
          compared_with: "nobody attached, a second of processor time",
        },
        { case: "frames a dashboard", value: perDashboard("frames"), unit: "/s" },
        { case: "rows a dashboard", value: perDashboard("rows"), unit: "/s" },
        { case: "bytes a dashboard", value: perDashboard("bytes") / MB, unit: "MB/s" },
        { case: "memory, mean of the first half minute", value: early / MB, unit: "MB" },
        {
          case: "memory, mean of the second",
          value: late / MB,
          unit: "MB",
          ratio: late / early,
          compared_with: "memory, mean of the first half minute",
        },
      ],
    };
  } finally {
    await Promise.all([server.stop(), dashboards.stop()]);
  }
}

function sum(reports: readonly ServerReport[], figure: "messages" | "thread_s" | "heap_bytes"): number {
  return reports.reduce((total, report) => total + report[figure], 0);
}
