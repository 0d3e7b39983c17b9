/** What a session costs, measured in a process of its own beside the same number of bare `ws` sockets. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import { getMetric, getSnapshot } from "../testing/harness.ts";
import type { Order } from "../testing/measured-server.ts";
import { frame, RawSocket } from "../testing/raw-socket.ts";

const SESSIONS = 1000;
const MOST_BYTES = 20_000_000;

let child: ChildProcess;

beforeAll(() => {
  child = fork(fileURLToPath(new URL("../testing/measured-server.ts", import.meta.url)), {
    execArgv: ["--expose-gc", "--import", "tsx"],
  });
});

afterAll(async () => {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
});

async function order(given: Order): Promise<number> {
  const answered = once(child, "message");
  child.send(given);
  const [answer] = (await answered) as [number];
  return answer;
}

/** So many upgraded sockets, a few at a time. */
async function connect(port: number): Promise<RawSocket[]> {
  const peers: RawSocket[] = [];
  while (peers.length < SESSIONS) {
    const some = Array.from({ length: 50 }, () => new RawSocket({ url: `http://127.0.0.1:${port}` }));
    await Promise.all(some.map((peer) => peer.upgrade()));
    peers.push(...some);
  }
  return peers;
}

async function disconnect(peers: readonly RawSocket[], left: () => Promise<number>): Promise<void> {
  await Promise.all(peers.map((peer) => peer.close()));
  while ((await left()) > 0);
}

it("B7 a thousand sessions without credit, over full windows that change, cost under 20 MB beside their sockets", async () => {
  const barePort = await order({ do: "bare" });
  const bareBefore = await order({ do: "measure" });
  const bare = await connect(barePort);
  const socketBytes = (await order({ do: "measure" })) - bareBefore;
  await disconnect(bare, () => order({ do: "sockets" }));

  const server = { url: `http://127.0.0.1:${await order({ do: "serve", rows: 6000, sessions: SESSIONS })}` };
  const { epoch, snapshot_seq, channels } = await getSnapshot(server);
  expect(channels["tx.main"]?.count).toBe(channels["tx.main"]?.cap);
  const before = await order({ do: "measure" });
  const stalled = await connect(Number(new URL(server.url).port));
  const identify = { op: "IDENTIFY", protocol: 2, epoch, snapshot_seq, subscriptions: CHANNEL_NAMES };
  for (const peer of stalled) peer.write(frame(JSON.stringify(identify)));
  await order({ do: "fold", rows: 1000 });
  while ((await getMetric(server, "stream_v2_credit_exhausted_total")) < SESSIONS);
  const sessionBytes = (await order({ do: "measure" })) - before;
  await disconnect(stalled, () => getMetric(server, "stream_v2_sessions"));

  expect(socketBytes).toBeGreaterThan(SESSIONS * 1000);
  expect(sessionBytes - socketBytes).toBeLessThan(MOST_BYTES);
});
