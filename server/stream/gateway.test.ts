/** The set of sessions in virtual time, over sockets that take what they are given when the test says so. */
import { beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Model } from "../../model/model.ts";
import { chainHead, feed, transaction } from "../../model/testing/messages.ts";
import { CHANNEL_NAMES } from "../../protocol/stream/channels.ts";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { AllowList } from "../http/allow-list.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { VirtualClock } from "../testing/clock.ts";
import { FakeSocket } from "../testing/fake-socket.ts";
import { type GatewayOptions, StreamGateway } from "./gateway.ts";
import type { Counted } from "./session/events.ts";

let clock: VirtualClock;
let model: Model;
let gateway: StreamGateway;
let counted: Counted[];
let closed: number[];
let made: number;

beforeEach(() => {
  clock = new VirtualClock();
  model = new Model({ log_id: "gateway" });
  counted = [];
  closed = [];
  made = 0;
  gateway = make({ maxSessions: 6, maxSessionsPerAddress: 3 });
  feed(model, chainHead(1));
});

function make(caps: Pick<GatewayOptions, "maxSessions" | "maxSessionsPerAddress">): StreamGateway {
  const meter = {
    dispatched: () => {},
    count: (each: Counted) => counted.push(each),
    closed: (code: number) => closed.push(code),
  };
  return new StreamGateway({ model, clock, meter, allow: new AllowList(), ...caps });
}

function connect(address = "10.0.0.1"): FakeSocket {
  const socket = new FakeSocket();
  gateway.accept(socket.asWebSocket, address);
  return socket;
}

/** A session of `tx.main` at the head, with credit for all. */
function follow(address?: string): FakeSocket {
  const socket = connect(address);
  const { epoch, headSeq: snapshot_seq } = model;
  socket.says({ op: "IDENTIFY", protocol: 2, epoch, snapshot_seq, subscriptions: ["tx.main"] });
  socket.says({ op: "CREDIT", channel_credit: { "tx.main": LIMITS.max_credit } });
  return socket;
}

function fold(rows: number): void {
  for (let n = 0; n < rows; n++) feed(model, transaction(++made));
  gateway.hub.changed();
  clock.advance(LIMITS.max_flush_interval_ms);
}

const beat = (socket: FakeSocket) => socket.says({ op: "HEARTBEAT", channel_seq: {} });
const batchesOf = ({ frames }: FakeSocket) =>
  frames.filter((frame) => frame.op === "DISPATCH" && frame.type === "DELTA_BATCH");

describe("B bounds", () => {
  it("B4 sessions over the cap for one address are closed 4013, others are taken, and room comes as they end", () => {
    const [first] = [connect(), connect(), connect()];
    expect(connect().closedWith).toBe(4013);
    expect(connect("10.0.0.2").closedWith).toBeNull();
    expect(gateway.sessionCount).toBe(4);
    first.end(1001);
    expect(connect().closedWith).toBeNull();
    expect(connect().closedWith).toBe(4013);
    expect(closed).toEqual([4013, 1001, 4013]);
  });

  it("B4 sessions over the server's cap are closed 4013, from wherever they come", () => {
    for (let n = 0; n < 6; n++) expect(connect(`10.0.0.${n}`).closedWith).toBeNull();
    expect(connect("10.0.1.1").closedWith).toBe(4013);
    expect(gateway.sessionCount).toBe(6);
  });

  it("B1 B6 a socket that takes nothing is given its share and no more, and goes on when it takes it", () => {
    const stuck = follow();
    stuck.reads = false;
    for (let round = 0; round < 20; round++) fold(500);
    const { budget } = gateway.hub;
    expect(stuck.bufferedAmount).toBeGreaterThan(budget.shareBytes / 2);
    expect(stuck.bufferedAmount).toBeLessThanOrEqual(budget.shareBytes);
    expect(budget.heldBytes).toBe(stuck.bufferedAmount);
    const before = batchesOf(stuck).length;
    stuck.drain();
    clock.advance(0);
    expect(batchesOf(stuck).length).toBeGreaterThan(before);
  });

  it("B6 what a session held is given back when it ends, whoever ended it, and late news of its socket changes nothing", () => {
    const stuck = follow();
    stuck.reads = false;
    fold(500);
    expect(gateway.hub.budget.heldBytes).toBeGreaterThan(0);
    stuck.end(1006);
    stuck.drain();
    expect(gateway.hub.budget.heldBytes).toBe(0);
    expect(gateway.hub.size).toBe(0);
  });

  it("B1 a client that asks and does not read is cut off when answers alone have filled its socket", () => {
    gateway = make({ maxSessionsPerAddress: 500 });
    for (let n = 1; n < 500; n++) connect();
    const asking = follow();
    asking.says({ op: "SUBSCRIBE", channel_seq: Object.fromEntries(CHANNEL_NAMES.map((name) => [name, 0])) });
    asking.reads = false;
    while (asking.readyState === WebSocket.OPEN) {
      beat(asking);
      clock.advance(1000 / SERVER_LIMITS.client_messages_per_s);
    }
    expect(closed).toEqual([1006]);
    expect(clock.now().ms).toBeLessThan(LIMITS.drain_timeout_ms);
    expect(asking.bufferedAmount).toBeLessThan(gateway.hub.budget.shareBytes * 2 + 1000);
  });

  it("B1 pings are answered while the socket has room", () => {
    gateway = make({ maxSessionsPerAddress: 500 });
    for (let n = 1; n < 500; n++) connect();
    const pinging = follow();
    pinging.emit("ping", Buffer.from("a"));
    expect(pinging.pongs).toBe(1);
    pinging.reads = false;
    for (let round = 0; round < 20; round++) fold(500);
    for (let seconds = 0; seconds < 6; seconds++) {
      clock.advance(1000);
      for (let n = 0; n < SERVER_LIMITS.client_messages_per_s; n++) pinging.emit("ping", Buffer.alloc(125));
    }
    expect(pinging.readyState).toBe(WebSocket.OPEN);
    expect(pinging.pongs).toBeLessThan(1200);
    expect(pinging.bufferedAmount).toBeLessThan(gateway.hub.budget.shareBytes + 125);
  });
});

describe("C10 rungs", () => {
  it("C10 a client that stops reading is told once, and once more when it has kept up again", () => {
    const slow = follow();
    const rungs = () => slow.frames.flatMap((frame) => ("rung" in frame ? [frame.rung] : []));
    slow.reads = false;
    for (let round = 0; round < 40; round++) fold(500);
    expect(rungs()).toEqual(["coalesced"]);
    slow.reads = true;
    slow.drain();
    clock.advance(LIMITS.restored_after_ms + 2 * SERVER_LIMITS.session_check_ms);
    expect(rungs()).toEqual(["coalesced", "full"]);
    const degraded = counted.filter(({ what }) => what === "degraded");
    expect(degraded).toEqual([{ what: "degraded", channel: "tx.main", rung: "coalesced" }]);
  });
});

describe("E errors", () => {
  it("E5 a closed session does nothing, whatever still arrives while its socket closes", () => {
    const socket = follow();
    socket.reads = false;
    socket.says({ op: "HEARTBEAT", channel_seq: { "tx.mian": 1 } });
    expect(socket.closedWith).toBe(4002);
    const frames = socket.frames.length;
    beat(socket);
    socket.emit("message", Buffer.from("{"), false);
    socket.emit("ping", Buffer.alloc(0));
    fold(10);
    expect(socket.frames).toHaveLength(frames);
    expect(socket.pongs).toBe(0);
    socket.end(1006);
    expect(closed).toEqual([4002]);
  });

  it("E8 a fault of ours in one session is 4000 for it, and the others go on", () => {
    const healthy = follow();
    const other = follow();
    const channels = model.channels;
    Object.defineProperty(model, "channels", {
      configurable: true,
      get: () => {
        throw new Error("made to fail");
      },
    });
    const log = process.stderr.write;
    process.stderr.write = () => true;
    beat(other);
    process.stderr.write = log;
    Object.defineProperty(model, "channels", { value: channels });
    expect(other.closedWith).toBe(4000);
    fold(1);
    expect(batchesOf(healthy)).toHaveLength(1);
  });
});
