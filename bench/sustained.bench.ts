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
const ATTACHED_S = 60;
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
    const settled = await server.ask({ do: "run", ms: WARM_UP_S * 1_000 });
    const before = await dashboards.ask({ do: "count" });
    const attached = await server.ask({ do: "run", ms: ATTACHED_S * 1_000 });
    const after = await dashboards.ask({ do: "count" });
    if (attached.messages === 0) throw new Error("nothing was folded");
    if (after.open !== DASHBOARDS) throw new Error(`${DASHBOARDS - after.open} dashboards were cut off`);
    const nobody = "nobody attached";
    const aloneRate = alone.messages / ALONE_S;
    const rate = attached.messages / ATTACHED_S;
    const perDashboard = (count: keyof DashboardsReport) =>
      (after[count] - before[count]) / DASHBOARDS / ATTACHED_S;
    return {
      title: "Sustained: log, fold, channels, dashboards",
      note:
        `${LOG_NOTE}. A whole server in one process; a second makes the log; ${DASHBOARDS} dashboards in a third ` +
        `process, each on all channels, take every frame apart and grant the next. ${ALONE_S} s without, then ` +
        `${ATTACHED_S} s with them, windows full. Memory is heap and buffers after a collection, at the end of each spell.`,
      rows: [
        { case: nobody, value: aloneRate, unit: "messages/s" },
        {
          case: `${DASHBOARDS} dashboards attached, ${ATTACHED_S} s`,
          value: rate,
          unit: "messages/s",
          ratio: rate / aloneRate,
          compared_with: nobody,
        },
        { case: "main thread", value: 0, unit: "" },
        { case: "frames a dashboard", value: perDashboard("frames"), unit: "/s" },
        { case: "rows a dashboard", value: perDashboard("rows"), unit: "/s" },
        { case: "memory before the 60 s", value: settled.heap_bytes / MB, unit: "MB" },
        {
          case: "memory after them",
          value: attached.heap_bytes / MB,
          unit: "MB",
          ratio: attached.heap_bytes / settled.heap_bytes,
          compared_with: "memory before the 60 s",
        },
      ],
    };
  } finally {
    await Promise.all([server.stop(), dashboards.stop()]);
  }
}
