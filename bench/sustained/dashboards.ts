/** The dashboards' process: sessions on every channel that take each frame apart and grant credit for the next. */
import { once } from "node:events";
import { WebSocket } from "ws";
import { CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import type { DeltaBatch, Snapshot } from "../../protocol/stream/messages.ts";

export type DashboardsOrder =
  | { readonly do: "connect"; readonly port: number; readonly count: number }
  | { readonly do: "count" };
export interface DashboardsReport {
  readonly frames: number;
  readonly rows: number;
  /** Of these, those that reached the head, and so were in step with it. */
  readonly heads: number;
  /** Sessions that are still open. */
  readonly open: number;
}

const GRANT = 2;
let frames = 0;
let rows = 0;
let heads = 0;
let open = 0;

async function connect(port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/dashboard/snapshot-v2`);
  const { epoch, snapshot_seq } = (await answer.json()) as Snapshot;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/dashboard/stream-v2`, { perMessageDeflate: false });
  const send = (message: object) => socket.send(JSON.stringify(message));
  await once(socket, "message");
  send({ op: "IDENTIFY", protocol: 2, snapshot_seq, epoch, subscriptions: CHANNEL_NAMES });
  await once(socket, "message");
  open++;
  socket.on("close", () => open--);
  const heartbeat = setInterval(() => send({ op: "HEARTBEAT", channel_seq: {} }), 10_000);
  socket.on("close", () => clearInterval(heartbeat));
  send({ op: "CREDIT", channel_credit: Object.fromEntries(CHANNEL_NAMES.map((name) => [name, GRANT])) });
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString("utf8")) as DeltaBatch | { type?: undefined };
    if (message.type !== "DELTA_BATCH") return;
    frames++;
    rows += message.patch.upsert.length;
    if (message.watermark.digest !== null) heads++;
    send({ op: "CREDIT", channel_credit: { [message.channel]: 1 } });
  });
}

async function obey(order: DashboardsOrder): Promise<DashboardsReport> {
  if (order.do === "connect") for (let n = 0; n < order.count; n++) await connect(order.port);
  return { frames, rows, heads, open };
}

process.on("message", (order: DashboardsOrder) => {
  void obey(order).then((report) => process.send?.(report));
});
