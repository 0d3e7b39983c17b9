/** Bugs of ours, made: one session's step throws at one kind of event, whoever calls in. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { Model } from "../../model/model.ts";
import { chainHead, feed, transaction } from "../../model/testing/messages.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import { FakeSocket } from "../testing/fake-socket.ts";
import { type Batch, buildBatch } from "./batch.ts";
import { Hub } from "./hub.ts";
import type { EventType } from "./session/events.ts";
import type * as Session from "./session/session.ts";
import { type SessionHost, SocketSession } from "./socket.ts";
import { resumeTokens } from "./token.ts";

const broken = vi.hoisted(() => ({ id: "", type: "" }));

vi.mock(import("./session/session.ts"), async (original) => {
  const real: typeof Session = await original();
  return {
    ...real,
    step: (state, event, now) => {
      if (state.id === broken.id && event.type === broken.type) throw new Error("made to fail");
      return real.step(state, event, now);
    },
  };
});

let clock: VirtualClock;
let model: Model;
let host: SessionHost & { readonly hub: Hub };
let logged: string[];

beforeEach(() => {
  clock = new VirtualClock();
  model = new Model({ log_id: "socket" });
  feed(model, chainHead(1));
  const meter = { dispatched: () => {}, count: () => {} };
  host = { model, clock, meter, hub: new Hub(model, clock, meter), tokens: resumeTokens("a secret") };
  logged = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => logged.push(String(line)) > 0);
});

afterEach(() => {
  vi.restoreAllMocks();
  broken.id = "";
});

interface Peer {
  readonly socket: FakeSocket;
  readonly session: SocketSession;
}

/** A session of `tx.main` at the head, with credit for all. */
function follow(id: string): Peer {
  const socket = new FakeSocket();
  const session = new SocketSession(socket.asWebSocket, id, host);
  const { epoch, headSeq: snapshot_seq } = model;
  socket.says({ op: "IDENTIFY", protocol: 2, epoch, snapshot_seq, subscriptions: ["tx.main"] });
  socket.says({ op: "CREDIT", channel_credit: { "tx.main": LIMITS.max_credit } });
  return { socket, session };
}

function fold(): void {
  feed(model, transaction(model.headSeq));
  host.hub.changed();
  clock.advance(LIMITS.max_flush_interval_ms);
}

/** What the channel has of all changes. */
function batch(): Batch {
  const channel = model.channels.get("tx.main");
  const made = channel && buildBatch(channel, 0, model, LIMITS.max_frame_bytes);
  if (made === null || made === undefined) throw new Error("no batch");
  return made;
}

const batchesOf = ({ socket }: Peer) =>
  socket.frames.filter((frame) => frame.op === "DISPATCH" && frame.type === "DELTA_BATCH").length;

const ways: [EventType, (peer: Peer) => void][] = [
  ["HEARTBEAT", ({ socket }) => socket.says({ op: "HEARTBEAT", channel_seq: {} })],
  ["control", ({ socket }) => socket.emit("ping", Buffer.from("a"))],
  ["control", ({ socket }) => socket.emit("pong", Buffer.from("a"))],
  ["refused", ({ socket }) => socket.emit("message", Buffer.from("{"), false)],
  ["batch", ({ session }) => session.offer(batch())],
  ["starved", ({ session }) => session.starved("tx.main")],
  ["out_of_reach", ({ session }) => session.outOfReach("tx.main")],
  ["check", ({ session }) => session.check()],
  ["shutdown", ({ session }) => session.shutdown()],
  ["drained", ({ socket }) => socket.says({ op: "HEARTBEAT", channel_seq: {} })],
];

describe("E8 a bug of ours ends the session that it shows in", () => {
  it.each(ways)("E8 E10 with 4000, at %s, and reaches nobody who called in", (type, cause) => {
    fold();
    const peer = follow("broken");
    Object.assign(broken, { id: "broken", type });
    expect(() => cause(peer)).not.toThrow();
    expect(peer.socket.closedWith).toBe(4000);
    expect(peer.session.closeCode).toBe(4000);
    expect(host.hub.size).toBe(0);
    expect(logged.join("")).toContain("made to fail");
  });

  it("E8 and the other sessions of the same flush have their batches", () => {
    const [first, faulty, last] = [follow("first"), follow("broken"), follow("last")];
    Object.assign(broken, { id: "broken", type: "batch" });
    fold();
    fold();
    expect(faulty.socket.closedWith).toBe(4000);
    for (const healthy of [first, last]) {
      expect(healthy.socket.readyState).toBe(WebSocket.OPEN);
      expect(batchesOf(healthy)).toBe(2);
    }
  });

  it("E8 not the session whose message made the hub offer it something", () => {
    const faulty = follow("broken");
    const asking = follow("asking");
    Object.assign(broken, { id: "broken", type: "batch" });
    feed(model, transaction(1));
    asking.socket.says({ op: "RESYNC", channel_seq: { "tx.main": 0 } });
    clock.advance(LIMITS.max_flush_interval_ms);
    fold();
    expect(faulty.socket.closedWith).toBe(4000);
    expect(asking.socket.readyState).toBe(WebSocket.OPEN);
    expect(batchesOf(asking)).toBeGreaterThan(0);
  });

  it("E8 leaves nothing in the hub when the connection is gone", () => {
    const { socket } = follow("broken");
    Object.assign(broken, { id: "broken", type: "gone" });
    expect(() => socket.end(1006)).not.toThrow();
    expect(host.hub.size).toBe(0);
    expect(host.hub.budget.heldBytes).toBe(0);
  });

  it("E8 cuts the connection where it cannot be closed", () => {
    const { socket, session } = follow("broken");
    Object.assign(broken, { id: "broken", type: "check" });
    socket.close = () => {
      throw new Error("made to fail too");
    };
    clock.advance(SERVER_LIMITS.session_check_ms);
    session.check();
    expect(socket.readyState).toBe(WebSocket.CLOSED);
    expect(host.hub.size).toBe(0);
  });
});
