/** Fan-out: what a frame to many sessions costs the server, beside a bare `ws` broadcast of frames of that size. */
import { join } from "node:path";
import { Child } from "./child.ts";
import type { ClientsOrder, ClientsReport } from "./fan-out/clients.ts";
import type { ServerKind, ServerOrder, ServerReport } from "./fan-out/server.ts";
import { type BenchTable, median } from "./harness.ts";

const SESSIONS = 1_000;
const SECONDS = 5;
const RUNS = 3;
/** Batches that a client grants at a time: each time it has painted one, or as seldom as the server allows. */
const GRANTS = { "a CREDIT a frame": 1, "a CREDIT for 32 frames": 32 } as const;

interface Measured {
  /** Processor time of the server, µs a frame. */
  readonly cost_us: number;
  /** Frames a second a session. */
  readonly rate: number;
}

export async function run(): Promise<BenchTable> {
  const rows: { name: string; kind: ServerKind; grant: number }[] = [
    { name: "bare ws broadcast", kind: "bare", grant: 0 },
    ...Object.entries(GRANTS).map(([name, grant]) => ({
      name: `stream-v2, ${name}`,
      kind: "mempulse" as const,
      grant,
    })),
  ];
  const figures = rows.map((): Measured[] => []);
  // The cases take turns, so that a slow spell of the machine falls on all of them.
  for (let turn = 0; turn < RUNS; turn++) {
    for (const [at, { kind, grant }] of rows.entries()) figures[at]?.push(await measure(kind, grant));
  }
  const cost = (at: number) => median(figures[at]?.map(({ cost_us }) => cost_us) ?? []);
  const bare = cost(0);
  return {
    title: "Sessions: fan-out",
    note:
      `${SESSIONS} sessions on one server process, one channel, 20 transactions and 10 frames a second each, for ` +
      `${SECONDS} s; medians of ${RUNS} runs, the cases in turns; clients in a process of their own. Sessions a core: ` +
      "those for which one second of processor time would last, at 10 frames/s each, by the cost of a frame (folding " +
      "and building it in that). The comparison is a bare WebSocketServer that sends one buffer of the same size to all, " +
      "ten times a second, and hears nothing from them. Rate reached: frames a second a session.",
    rows: rows.flatMap(({ name }, at) => [
      {
        case: `${name}: sessions a core`,
        value: Math.round(1e6 / 10 / cost(at)),
        unit: "sessions",
        ...(at === 0 ? {} : { ratio: bare / cost(at), compared_with: `${rows[0]?.name}: sessions a core` }),
      },
      {
        case: `${name}: rate reached`,
        value: median(figures[at]?.map(({ rate }) => rate) ?? []),
        unit: "frames/s",
      },
    ]),
  };
}

async function measure(kind: ServerKind, grant: number): Promise<Measured> {
  const server = new Child<ServerOrder, ServerReport>(join(import.meta.dirname, "fan-out", "server.ts"));
  const clients = new Child<ClientsOrder, ClientsReport>(join(import.meta.dirname, "fan-out", "clients.ts"));
  try {
    const { port } = await server.ask({ do: "listen", kind, sessions: SESSIONS });
    await clients.ask({ do: "connect", port, sessions: SESSIONS, grant });
    await server.ask({ do: "run", ms: 2_000 });
    const before = await clients.ask({ do: "count" });
    const { cpu_us } = await server.ask({ do: "run", ms: SECONDS * 1_000 });
    const after = await clients.ask({ do: "count" });
    const frames = after.frames - before.frames;
    if (frames === 0) throw new Error(`${kind}: no frame arrived`);
    return { cost_us: cpu_us / frames, rate: frames / SESSIONS / SECONDS };
  } finally {
    await Promise.all([server.stop(), clients.stop()]);
  }
}
