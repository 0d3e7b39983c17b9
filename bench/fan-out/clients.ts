/** The clients' process: many sessions that take frames and grant credit, and do nothing else. */
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Snapshot } from "../../protocol/stream/messages.ts";

export type ClientsOrder =
  /** `grant`: batches that a CREDIT is for; 0: they only listen. */
  | { readonly do: "connect"; readonly port: number; readonly sessions: number; readonly grant: number }
  | { readonly do: "count" };
export interface ClientsReport {
  /** That have arrived. */
  readonly frames: number;
}

const AT_ONCE = 50;
const CHANNEL = "tx.main";

let frames = 0;

async function connect(port: number, grant: number, first: Buffer | null): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/dashboard/stream-v2`, { perMessageDeflate: false });
  if (first === null) {
    socket.on("message", () => frames++);
    await once(socket, "open");
    return;
  }
  const credit = Buffer.from(JSON.stringify({ op: "CREDIT", channel_credit: { [CHANNEL]: grant } }));
  // HELLO, then SNAPSHOT_ACK; every frame after these is a batch.
  await once(socket, "message");
  socket.send(first, { binary: false });
  await once(socket, "message");
  let left = grant * 2;
  socket.send(credit, { binary: false });
  socket.send(credit, { binary: false });
  socket.on("message", () => {
    frames++;
    if (--left > grant) return;
    left += grant;
    socket.send(credit, { binary: false });
  });
}

async function connectAll(port: number, sessions: number, grant: number): Promise<void> {
  const first = grant === 0 ? null : await identify(port);
  for (let made = 0; made < sessions; made += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, sessions - made) }, () =>
      connect(port, grant, first),
    );
    await Promise.all(some);
  }
}

async function identify(port: number): Promise<Buffer> {
  const answer = await fetch(`http://127.0.0.1:${port}/dashboard/snapshot-v2?channels=${CHANNEL}`);
  const { epoch, snapshot_seq } = (await answer.json()) as Snapshot;
  return Buffer.from(
    JSON.stringify({ op: "IDENTIFY", protocol: 2, snapshot_seq, epoch, subscriptions: [CHANNEL] }),
  );
}

async function obey(order: ClientsOrder): Promise<ClientsReport> {
  if (order.do === "connect") await connectAll(order.port, order.sessions, order.grant);
  return { frames };
}

process.on("message", (order: ClientsOrder) => {
  void obey(order).then((report) => process.send?.(report));
});
