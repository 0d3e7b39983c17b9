/** What reads the end of a way: each tells what has just arrived, swaps and blocks by their numbers, signals by their ways. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import type { DeltaBatch, Snapshot } from "../../protocol/stream/messages.ts";
import { decodeTlv } from "../../protocol/tlv/decode.ts";
import type { Fault } from "../../protocol/tlv/faults.ts";
import { OFFSET, TYPE } from "../../protocol/tlv/layout.ts";
import { StreamDecoder } from "../../protocol/tlv/stream-decoder.ts";
import type { MessageView } from "../../protocol/tlv/view.ts";
import { wayOf } from "./blocks.ts";
import { dial } from "./processes.ts";

export type Arrived = (swap: number) => void;

const CHANNEL = "pool.main";
const GRANT = 32;

/** A stream-v2 session on pool.main, whose rows carry their swap's number as `amount_in`. */
export async function readStream(port: number, arrived: Arrived): Promise<WebSocket> {
  const snapshot = await fetchSnapshot(port);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/dashboard/stream-v2`, { perMessageDeflate: false });
  const send = (message: object) => socket.send(JSON.stringify(message));
  await once(socket, "message");
  const { epoch, snapshot_seq } = snapshot;
  send({ op: "IDENTIFY", protocol: 2, snapshot_seq, epoch, subscriptions: [CHANNEL] });
  await once(socket, "message");
  send({ op: "CREDIT", channel_credit: { [CHANNEL]: GRANT } });
  const heartbeat = setInterval(() => send({ op: "HEARTBEAT", channel_seq: {} }), 10_000);
  socket.on("close", () => clearInterval(heartbeat));
  socket.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString("utf8")) as DeltaBatch | { type?: undefined };
    if (message.type !== "DELTA_BATCH") return;
    for (const row of message.patch.upsert as { amount_in?: { raw: string } | null }[]) {
      if (row.amount_in) arrived(Number(row.amount_in.raw));
    }
    send({ op: "CREDIT", channel_credit: { [CHANNEL]: 1 } });
  });
  return socket;
}

/** A server has no state to show until its source has handed something over. */
async function fetchSnapshot(port: number): Promise<Snapshot> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/dashboard/snapshot-v2?channels=${CHANNEL}`);
    if (answer.ok) return (await answer.json()) as Snapshot;
    await answer.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The bytes themselves, as the bare pipe passes them on. */
export async function readPipe(port: number, arrived: Arrived): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await once(socket, "open");
  const decoder = new StreamDecoder({
    onMessage: (view) => {
      if (view.firstTlv() && view.type === TYPE.PoolSwap) {
        arrived(view.data.getUint32(view.valueStart + OFFSET.PoolSwap.amount_in, true));
      }
    },
    onFault,
  });
  socket.on("message", (data: Buffer) => decoder.push(data));
  return socket;
}

/** A consumer of a signal relay. What it reads begins a moment after this resolves, for a relay waits whether it writes. */
export async function readSignals(path: string, arrived: (way: string) => void): Promise<Socket> {
  return readMessages(path, (view) => {
    const tlv = view.firstTlv() ? decodeTlv(view) : null;
    if (tlv?.name === "ArbitrageSignal") arrived(wayOf(tlv.source_pool, tlv.target_pool));
  });
}

/** The blocks themselves, as the bare pipe between two Unix sockets passes them on: each has come with its ChainHead. */
export async function readHeads(path: string, arrived: (block: number) => void): Promise<Socket> {
  return readMessages(path, (view) => {
    if (view.firstTlv() && view.type === TYPE.ChainHead) {
      arrived(Number(view.data.getBigUint64(view.valueStart + OFFSET.ChainHead.block_number, true)));
    }
  });
}

async function readMessages(path: string, onMessage: (view: MessageView) => void): Promise<Socket> {
  const socket = await dial(path);
  const decoder = new StreamDecoder({ onMessage, onFault });
  return socket.on("data", (data) => decoder.push(data));
}

function onFault({ error }: Fault): never {
  throw new Error(error);
}
