import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { ClientMessage, ClientOp } from "../../../protocol/stream/messages.ts";
import { SERVER_LIMITS } from "../../limits.ts";
import type { Effect, SessionEvent } from "./events.ts";
import { open } from "./handshake.ts";
import { step } from "./session.ts";
import type { LiveState, Log, SessionState } from "./state.ts";

const EPOCH = "e-test-0";
const at = (ms: number) => ({ ms, unix_ms: 1_700_000_000_000 + ms });

function log(overrides: Partial<Log> = {}): Log {
  return {
    epoch: EPOCH,
    headSeq: 1000,
    channels: new Map([
      ["tx.main", { lastSeq: 990, reach: 100 }],
      ["pool.main", { lastSeq: 1000, reach: 0 }],
    ]),
    ...overrides,
  };
}

const MESSAGES: { [Op in ClientOp]: Extract<ClientMessage, { op: Op }> } = {
  IDENTIFY: { op: "IDENTIFY", protocol: 2, snapshot_seq: 900, epoch: EPOCH, subscriptions: ["tx.main"] },
  CREDIT: { op: "CREDIT", channel_credit: { "tx.main": 2 } },
  RESYNC: { op: "RESYNC", channel_seq: { "tx.main": 950 } },
  SUBSCRIBE: { op: "SUBSCRIBE", channel_seq: { "pool.main": 950 } },
  UNSUBSCRIBE: { op: "UNSUBSCRIBE", channels: ["tx.main"] },
  HEARTBEAT: { op: "HEARTBEAT", channel_seq: { "tx.main": 900 } },
};

const message = (value: ClientMessage, view = log()): SessionEvent => ({
  type: "message",
  message: value,
  log: view,
});

const NEW = open("sess_1", log(), at(0)).state;
const LIVE = step(NEW, message(MESSAGES.IDENTIFY), at(10)).state as LiveState;
const FUNDED = step(LIVE, message(MESSAGES.CREDIT), at(20)).state as LiveState;
const CLOSED: SessionState = { phase: "closed", id: "sess_1" };

function closing(effects: readonly Effect[]): string | null {
  const close = effects.find((effect) => effect.type === "close");
  return close?.type === "close" ? close.reason : null;
}

function sent(effects: readonly Effect[]): object[] {
  return effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []));
}

const batch = (prev_seq: number, seq: number, complete = true, frame_bytes = 1000) => ({
  channel: "tx.main",
  prev_seq,
  seq,
  complete,
  frame_bytes,
});

describe("S sessions", () => {
  it("S1 a new session says HELLO with the epoch, the limits and the wall's time", () => {
    const [hello] = sent(open("sess_9", log(), at(7)).effects);
    expect(hello).toMatchObject({
      op: "HELLO",
      protocol: 2,
      session_id: "sess_9",
      epoch: EPOCH,
      server_time_unix_ms: 1_700_000_000_007,
      limits: { max_credit: LIMITS.max_credit, max_entities_per_batch: LIMITS.max_entities_per_batch },
    });
  });

  it("S2 IDENTIFY is answered by SNAPSHOT_ACK with every subscription at the snapshot's seq", () => {
    const { state, effects } = step(NEW, message(MESSAGES.IDENTIFY), at(10));
    expect(sent(effects)).toEqual([
      {
        op: "DISPATCH",
        type: "SNAPSHOT_ACK",
        session_id: "sess_1",
        resume_token: "",
        resumed: false,
        channel_seq: { "tx.main": 900 },
      },
    ]);
    expect((state as LiveState).positions.get("tx.main")).toEqual({
      cursor: 900,
      credit: 0,
      at: "head",
      starved_since_ms: null,
    });
  });

  it("S3 a foreign epoch, or a seq above the head, is INVALID_SESSION and the end", () => {
    for (const wrong of [{ epoch: "e-other-0" }, { snapshot_seq: 1001 }]) {
      const { state, effects } = step(NEW, message({ ...MESSAGES.IDENTIFY, ...wrong }), at(10));
      expect(sent(effects)).toEqual([{ op: "INVALID_SESSION", reason: "epoch_changed" }]);
      expect(closing(effects)).toBe("invalid_session");
      expect(state.phase).toBe("closed");
    }
  });

  it("S4 another protocol is told to reload", () => {
    const { effects } = step(NEW, message({ ...MESSAGES.IDENTIFY, protocol: 1 }), at(10));
    expect(closing(effects)).toBe("protocol_too_old");
  });

  it("S5 no IDENTIFY in time closes the session", () => {
    const check: SessionEvent = { type: "check", buffered_bytes: 0 };
    expect(step(NEW, check, at(LIMITS.identify_timeout_ms)).state).toBe(NEW);
    expect(closing(step(NEW, check, at(LIMITS.identify_timeout_ms + 1)).effects)).toBe("not_identified");
  });

  it("S6 no HEARTBEAT for 1.5 intervals closes 4009; each HEARTBEAT counts anew", () => {
    const check: SessionEvent = { type: "check", buffered_bytes: 0 };
    const patience = LIMITS.heartbeat_interval_ms * 1.5;
    expect(step(LIVE, check, at(10 + patience)).state.phase).toBe("live");
    expect(closing(step(LIVE, check, at(11 + patience)).effects)).toBe("session_timed_out");
    const beaten = step(LIVE, message(MESSAGES.HEARTBEAT), at(5000)).state;
    expect(step(beaten, check, at(11 + patience)).state.phase).toBe("live");
  });

  it("S7 HEARTBEAT_ACK states cursor, head and credit a channel, and the reach where a channel is out of it", () => {
    const both = step(FUNDED, message({ op: "SUBSCRIBE", channel_seq: { "pool.main": 1000 } }), at(30)).state;
    const lost = step(both, { type: "out_of_reach", channel: "tx.main" }, at(40)).state;
    const [ack] = sent(step(lost, message(MESSAGES.HEARTBEAT), at(50)).effects);
    expect(ack).toEqual({
      op: "HEARTBEAT_ACK",
      server_time_unix_ms: 1_700_000_000_050,
      resume_token: "",
      channels: {
        "tx.main": { seq: 900, head: 990, credit: 2, reach: 100 },
        "pool.main": { seq: 1000, head: 1000, credit: 0 },
      },
    });
  });

  it("S8 a shutdown closes 1012", () => {
    expect(closing(step(NEW, { type: "shutdown" }, at(1)).effects)).toBe("restart");
    expect(closing(step(LIVE, { type: "shutdown" }, at(1)).effects)).toBe("restart");
  });
});

describe("C credit", () => {
  it("C1 a batch costs one credit and moves the cursor; none goes without", () => {
    const first = step(FUNDED, { type: "batch", batch: batch(900, 950), buffered_bytes: 0 }, at(30));
    expect(first.effects).toEqual([{ type: "send_batch" }]);
    const second = step(first.state, { type: "batch", batch: batch(950, 990), buffered_bytes: 0 }, at(31));
    expect((second.state as LiveState).positions.get("tx.main")).toMatchObject({ cursor: 990, credit: 0 });
    const third = step(second.state, { type: "batch", batch: batch(990, 995), buffered_bytes: 0 }, at(32));
    expect(third).toEqual({ state: second.state, effects: [] });
  });

  it("C2 CREDIT adds up to max_credit", () => {
    const grant = message({ op: "CREDIT", channel_credit: { "tx.main": 60 } });
    const once = step(LIVE, grant, at(20)).state as LiveState;
    const twice = step(once, grant, at(21)).state as LiveState;
    expect(once.positions.get("tx.main")?.credit).toBe(60);
    expect(twice.positions.get("tx.main")?.credit).toBe(LIMITS.max_credit);
  });

  it("C6 exhausted credit is counted once until credit comes", () => {
    const starved: SessionEvent = { type: "starved", channel: "tx.main" };
    const first = step(LIVE, starved, at(20));
    expect(first.effects).toEqual([{ type: "count", what: "credit_exhausted" }]);
    expect(step(first.state, starved, at(30)).effects).toEqual([]);
    const funded = step(first.state, message(MESSAGES.CREDIT), at(40)).state;
    expect(step(funded, starved, at(50)).effects).toHaveLength(1);
  });

  it("C5 credit for a channel that was just unsubscribed is ignored", () => {
    const without = step(FUNDED, message(MESSAGES.UNSUBSCRIBE), at(30)).state;
    const { state, effects } = step(without, message(MESSAGES.CREDIT), at(31));
    expect(state.phase).toBe("live");
    expect(effects).toEqual([]);
  });
});

describe("B bounds", () => {
  it("B1 no batch is written while it would fill the socket over half its cap; it goes when the socket drains", () => {
    const half = LIMITS.max_buffered_bytes / 2;
    const offer = (buffered_bytes: number): SessionEvent => ({
      type: "batch",
      batch: batch(900, 950, true, 1000),
      buffered_bytes,
    });
    expect(step(FUNDED, offer(half - 1000), at(30)).effects).toEqual([{ type: "send_batch" }]);
    const held = step(FUNDED, offer(half - 999), at(30));
    expect(held.effects).toEqual([]);
    expect((held.state as LiveState).positions.get("tx.main")).toMatchObject({ cursor: 900, credit: 2 });
    const drained = (buffered_bytes: number) => step(held.state, { type: "drained", buffered_bytes }, at(31));
    expect(drained(half - LIMITS.max_frame_bytes + 1).effects).toEqual([]);
    expect(drained(half - LIMITS.max_frame_bytes).effects).toEqual([{ type: "pump", channel: "tx.main" }]);
  });

  it("B2 terminated when nothing drained for drain_timeout_ms", () => {
    const stuck: SessionEvent = { type: "check", buffered_bytes: 5 };
    expect(step(LIVE, stuck, at(10 + LIMITS.drain_timeout_ms)).state.phase).toBe("live");
    expect(step(LIVE, stuck, at(11 + LIMITS.drain_timeout_ms)).effects).toEqual([{ type: "terminate" }]);
    const drained = step(LIVE, { type: "drained", buffered_bytes: 0 }, at(5000)).state;
    expect(step(drained, stuck, at(11 + LIMITS.drain_timeout_ms)).state.phase).toBe("live");
  });

  it("B3 more messages than the allowance close 4008; it refills with time", () => {
    let state: SessionState = LIVE;
    const beat = message(MESSAGES.HEARTBEAT);
    for (let i = 0; i < SERVER_LIMITS.client_burst_count; i++) state = step(state, beat, at(10)).state;
    expect(closing(step(state, beat, at(10)).effects)).toBe("rate_limited");
    expect(step(state, beat, at(10 + 1000 / SERVER_LIMITS.client_messages_per_s)).state.phase).toBe("live");
  });
});

describe("O ordering", () => {
  it("C4 a cut batch leaves the channel behind, so that its rest goes as soon as there is credit", () => {
    const cut = step(FUNDED, { type: "batch", batch: batch(900, 940, false), buffered_bytes: 0 }, at(30));
    expect((cut.state as LiveState).positions.get("tx.main")).toMatchObject({ cursor: 940, at: "behind" });
  });

  it("O1 a batch that does not join the cursor is not written", () => {
    const offer: SessionEvent = { type: "batch", batch: batch(899, 950), buffered_bytes: 0 };
    expect(step(FUNDED, offer, at(30))).toEqual({ state: FUNDED, effects: [] });
  });

  it("O3 RESYNC sets the cursor, keeps the credit and is counted as a gap", () => {
    const { state, effects } = step(FUNDED, message(MESSAGES.RESYNC), at(30));
    expect((state as LiveState).positions.get("tx.main")).toMatchObject({
      cursor: 950,
      credit: 2,
      at: "head",
    });
    expect(effects).toEqual([
      { type: "count", what: "gap" },
      { type: "pump", channel: "tx.main" },
    ]);
  });

  it("O4 a cursor out of reach gets RESYNC_REQUIRED, once, and no batch until RESYNC", () => {
    const required = { op: "DISPATCH", type: "RESYNC_REQUIRED", channel: "tx.main", reason: "out_of_reach" };
    const stale = step(NEW, message({ ...MESSAGES.IDENTIFY, snapshot_seq: 99 }), at(10));
    expect(sent(stale.effects)[1]).toEqual(required);

    const lost = step(FUNDED, { type: "out_of_reach", channel: "tx.main" }, at(30));
    expect(sent(lost.effects)).toEqual([required]);
    expect(step(lost.state, { type: "out_of_reach", channel: "tx.main" }, at(31)).effects).toEqual([]);
    const offer: SessionEvent = { type: "batch", batch: batch(900, 950), buffered_bytes: 0 };
    expect(step(lost.state, offer, at(32)).effects).toEqual([]);
    const back = step(lost.state, message(MESSAGES.RESYNC), at(33)).state as LiveState;
    expect(back.positions.get("tx.main")).toMatchObject({ cursor: 950, at: "head" });
  });

  it("S9 SUBSCRIBE starts at its seq without credit; UNSUBSCRIBE forgets", () => {
    const more = step(FUNDED, message(MESSAGES.SUBSCRIBE), at(30)).state as LiveState;
    expect(more.positions.get("pool.main")).toMatchObject({ cursor: 950, credit: 0 });
    const less = step(more, message(MESSAGES.UNSUBSCRIBE), at(31)).state as LiveState;
    expect([...less.positions.keys()]).toEqual(["pool.main"]);
  });
});

describe("E errors", () => {
  it("E1 every op before IDENTIFY is 4003", () => {
    for (const early of Object.values(MESSAGES).filter(({ op }) => op !== "IDENTIFY")) {
      expect(closing(step(NEW, message(early), at(1)).effects)).toBe("not_identified");
    }
  });

  it("E2 a second IDENTIFY is 4005", () => {
    expect(closing(step(LIVE, message(MESSAGES.IDENTIFY), at(20)).effects)).toBe("already_identified");
  });

  it("E3 an unknown channel is 4002 and the field is named, in every op that names channels", () => {
    const wrong: ClientMessage[] = [
      { ...MESSAGES.IDENTIFY, subscriptions: ["tx.main", "tx.mian"] },
      { op: "CREDIT", channel_credit: { "tx.mian": 1 } },
      { op: "RESYNC", channel_seq: { "tx.mian": 1 } },
      { op: "SUBSCRIBE", channel_seq: { "tx.mian": 1 } },
      { op: "UNSUBSCRIBE", channels: ["tx.mian"] },
      { op: "HEARTBEAT", channel_seq: { "tx.mian": 1 } },
    ];
    for (const bad of wrong) {
      const { effects } = step(bad.op === "IDENTIFY" ? NEW : LIVE, message(bad), at(20));
      const close = effects.find((effect) => effect.type === "close");
      expect(close).toMatchObject({ reason: "bad_message" });
      expect(close).toHaveProperty("detail", expect.stringMatching(`${bad.op} /\\w+: no channel "tx.mian"`));
    }
  });

  it("E4 a cursor above the head is 4002", () => {
    for (const op of ["RESYNC", "SUBSCRIBE"] as const) {
      const { effects } = step(LIVE, message({ op, channel_seq: { "tx.main": 1001 } }), at(20));
      expect(closing(effects)).toBe("bad_message");
    }
  });

  it("E5 a closed session does nothing on any event", () => {
    for (const event of anyEventSamples()) {
      expect(step(CLOSED, event, at(99))).toEqual({ state: CLOSED, effects: [] });
    }
  });
});

function anyEventSamples(): SessionEvent[] {
  return [
    ...Object.values(MESSAGES).map((value) => message(value)),
    { type: "refused", reason: "unknown_op", detail: "no op" },
    { type: "refused", reason: "bad_message", detail: "not JSON" },
    { type: "batch", batch: batch(900, 950), buffered_bytes: 0 },
    { type: "starved", channel: "tx.main" },
    { type: "out_of_reach", channel: "tx.main" },
    { type: "drained", buffered_bytes: 0 },
    { type: "check", buffered_bytes: 5 },
    { type: "shutdown" },
    { type: "gone" },
  ];
}
