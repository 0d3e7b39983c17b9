/**
 * The dashboards' process: sessions on every channel that check each frame's place and grant credit for the next. On the
 * machines of users they would take it apart as well; here that would take the server's processor, so one frame in many is.
 */
import { once } from "node:events";
import { WebSocket } from "ws";
import { CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import type { DeltaBatch, Snapshot } from "../../protocol/stream/messages.ts";

export type DashboardsOrder =
  | { readonly do: "connect"; readonly port: number; readonly count: number }
  | { readonly do: "count" };
export interface DashboardsReport {
  readonly frames: number;
  readonly bytes: number;
  /** Reckoned from the frames that were taken apart. */
  readonly rows: number;
  /** Frames that reached the head, and so were in step with it; reckoned likewise. */
  readonly heads: number;
  /** Sessions that are still open. */
  readonly open: number;
}

const GRANT = 2;
const WHOLE_ONE_IN = 16;
/** A frame's beginning, up to its rows. */
const HEAD = /^\{"op":"DISPATCH","type":"DELTA_BATCH","seq":(\d+),"prev_seq":(\d+),"channel":"([^"]+)"/;
const HEAD_BYTES = 160;
let frames = 0;
let bytes = 0;
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
  const cursors = new Map<string, number>(CHANNEL_NAMES.map((name) => [name, snapshot_seq]));
  socket.on("message", (data: Buffer) => {
    const [, seq, before, channel = ""] = HEAD.exec(data.toString("latin1", 0, HEAD_BYTES)) ?? [];
    if (seq === undefined) return;
    if (Number(before) !== cursors.get(channel)) throw new Error(`a gap in ${channel} before ${seq}`);
    cursors.set(channel, Number(seq));
    frames++;
    bytes += data.length;
    if (frames % WHOLE_ONE_IN === 0) {
      const { patch, watermark } = JSON.parse(data.toString("utf8")) as DeltaBatch;
      rows += WHOLE_ONE_IN * patch.upsert.length;
      if (watermark.digest !== null) heads += WHOLE_ONE_IN;
    }
    send({ op: "CREDIT", channel_credit: { [channel]: 1 } });
  });
}

async function obey(order: DashboardsOrder): Promise<DashboardsReport> {
  if (order.do === "connect") for (let n = 0; n < order.count; n++) await connect(order.port);
  return { frames, bytes, rows, heads, open };
}

process.on("message", (order: DashboardsOrder) => {
  void obey(order).then((report) => process.send?.(report));
});
