import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { ClientMessage } from "../../../protocol/stream/messages.ts";
import {
  after,
  at,
  check,
  closing,
  counted,
  FUNDED,
  LIVE,
  LOST,
  MESSAGES,
  NEW,
  offer,
  positionOf,
  says,
  sent,
  UNIX_MS,
  world,
} from "../../testing/session.ts";
import { step } from "./session.ts";

const REQUIRED = { op: "DISPATCH", type: "RESYNC_REQUIRED", channel: "tx.main", reason: "out_of_reach" };

describe("O ordering", () => {
  it("O1 a batch that does not join the cursor is not written", () => {
    expect(step(FUNDED, offer({ prev_seq: 899 }), at(30))).toEqual({ state: FUNDED, effects: [] });
  });

  it("O3 RESYNC sets the cursor, keeps the credit and is counted as a gap", () => {
    const resynced = step(FUNDED, says(MESSAGES.RESYNC), at(30));
    expect(positionOf(resynced.state)).toMatchObject({ cursor: 950, credit: 2, at: "head" });
    expect(counted(resynced)).toEqual([{ what: "gap" }]);
    expect(resynced.effects).toContainEqual({ type: "pump", channel: "tx.main" });
  });

  it("O3 RESYNC of a channel that was unsubscribed meanwhile does not subscribe it, and is no gap", () => {
    const late = step(FUNDED, says({ op: "RESYNC", channel_seq: { "pool.main": 950 } }), at(30));
    expect(() => positionOf(late.state, "pool.main")).toThrow("has no pool.main");
    expect(counted(late)).toEqual([]);
  });

  it("O4 a cursor out of reach gets RESYNC_REQUIRED, once, and no batch until RESYNC", () => {
    const stale = step(NEW, says({ ...MESSAGES.IDENTIFY, snapshot_seq: 99 }), at(10));
    expect(sent(stale)[1]).toEqual(REQUIRED);

    const lost = step(FUNDED, LOST, at(30));
    expect(sent(lost)[0]).toEqual(REQUIRED);
    expect(counted(lost)).toContainEqual({ what: "out_of_reach", channel: "tx.main" });
    expect(step(lost.state, LOST, at(31)).effects).toEqual([]);
    expect(step(lost.state, offer(), at(32)).effects).toEqual([]);
    const back = step(lost.state, says(MESSAGES.RESYNC), at(33));
    expect(positionOf(back.state)).toMatchObject({ cursor: 950, at: "head", credit: 2 });
    expect(counted(back)).toEqual([]);
  });
});

describe("S sessions", () => {
  it("S16 a session joins a channel's flow when it is new to it, and leaves it when it UNSUBSCRIBEs", () => {
    const bars = "market.bars:TSLA:1s";
    const subscribed = step(
      LIVE,
      says({ op: "SUBSCRIBE", channel_seq: { [bars]: 1000, "tx.main": 950 } }),
      at(30),
    );
    expect(subscribed.effects).toEqual([
      { type: "join", channel: bars },
      { type: "pump", channel: bars },
      { type: "pump", channel: "tx.main" },
    ]);
    expect(positionOf(subscribed.state, bars)).toMatchObject({ cursor: 1000, credit: 0 });
    const left = step(subscribed.state, says({ op: "UNSUBSCRIBE", channels: [bars, "pool.main"] }), at(40));
    expect(left.effects).toEqual([{ type: "leave", channel: bars }]);
  });

  it("B10 a session that comes to more channels than it may have is closed", () => {
    const many = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`market.bars:S${from + n}:1s`, 1000]));
    const full = step(
      LIVE,
      says({ op: "SUBSCRIBE", channel_seq: many(0, LIMITS.max_channels_count - 1) }),
      at(30),
    );
    expect(closing(full)).toBeNull();
    const over = step(full.state, says({ op: "SUBSCRIBE", channel_seq: many(90, 1) }), at(40));
    expect(closing(over)).toEqual({
      type: "close",
      reason: "bad_message",
      detail: `${LIMITS.max_channels_count + 1} channels, at most ${LIMITS.max_channels_count}`,
    });
    expect(over.effects).toHaveLength(1);
  });

  it.each(["market.bars:TSLA:2s", "market.bars:TSLA", "market.bars::1s", "market.bars:T SLA:1s"])(
    "E3 %s is no channel",
    (name) => {
      const refused = step(LIVE, says({ op: "SUBSCRIBE", channel_seq: { [name]: 1 } }), at(30));
      expect(closing(refused)?.reason).toBe("bad_message");
      expect(closing(refused)?.detail).toContain(name);
    },
  );

  it("S7 HEARTBEAT_ACK repeats the number of its HEARTBEAT, where it has one", () => {
    const [numbered] = sent(step(LIVE, says({ ...MESSAGES.HEARTBEAT, n: 7 }), at(30)));
    expect(numbered).toMatchObject({ op: "HEARTBEAT_ACK", n: 7 });
    const [plain] = sent(step(LIVE, says(MESSAGES.HEARTBEAT), at(30)));
    expect(plain).not.toHaveProperty("n");
  });

  it("S7 HEARTBEAT_ACK states cursor, head and credit a channel, and the reach where a channel is out of it", () => {
    const lost = after(
      FUNDED,
      [says({ op: "SUBSCRIBE", channel_seq: { "pool.main": 1000 } }), 30],
      [LOST, 40],
    );
    const [ack] = sent(step(lost, says(MESSAGES.HEARTBEAT), at(50)));
    expect(ack).toMatchObject({
      op: "HEARTBEAT_ACK",
      server_time_unix_ms: UNIX_MS + 50,
      channels: {
        "tx.main": { seq: 900, head: 990, credit: 2, reach: 100 },
        "pool.main": { seq: 1000, head: 1000, credit: 0 },
      },
    });
    expect(ack).not.toHaveProperty("channels.pool\\.main.reach");
  });

  it("S9 SUBSCRIBE starts at its seq without credit; UNSUBSCRIBE forgets", () => {
    const more = after(FUNDED, [says(MESSAGES.SUBSCRIBE), 30]);
    expect(positionOf(more, "pool.main")).toMatchObject({ cursor: 950, credit: 0 });
    const less = after(more, [says(MESSAGES.UNSUBSCRIBE), 31]);
    expect(() => positionOf(less)).toThrow("has no tx.main");
    const again = after(less, [says({ op: "SUBSCRIBE", channel_seq: { "tx.main": 960 } }), 32]);
    expect(positionOf(again)).toMatchObject({ cursor: 960, credit: 0 });
  });

  it("S9 SUBSCRIBE of a channel that it has sets the cursor and keeps the credit", () => {
    const again = after(FUNDED, [says({ op: "SUBSCRIBE", channel_seq: { "tx.main": 960 } }), 30]);
    expect(positionOf(again)).toMatchObject({ cursor: 960, credit: 2 });
  });
});

describe("R a cursor above the head", () => {
  const ABOVE: [string, ClientMessage][] = [
    ["IDENTIFY", { ...MESSAGES.IDENTIFY, snapshot_seq: 1001 }],
    ["RESUME", { ...MESSAGES.RESUME, channel_seq: { "tx.main": 1001 } }],
    ["RESYNC", { op: "RESYNC", channel_seq: { "tx.main": 1001 } }],
    ["SUBSCRIBE", { op: "SUBSCRIBE", channel_seq: { "tx.main": 1001 } }],
  ];

  it.each(ABOVE)("R5 waits after %s, and after 5 s the client is told to come again", (op, message) => {
    const from = op === "IDENTIFY" || op === "RESUME" ? NEW : LIVE;
    const waiting = step(from, says(message), at(1000));
    expect(waiting.state.phase).toBe("live");
    expect(positionOf(waiting.state)).toMatchObject({ cursor: 1001, at: "head", rung: "full" });
    expect(step(waiting.state, check(), at(1000 + LIMITS.ahead_wait_ms)).state.phase).toBe("live");
    const behind = step(waiting.state, check(), at(1001 + LIMITS.ahead_wait_ms));
    expect(sent(behind)).toEqual([
      { op: "RECONNECT", reason: "behind", after_ms: LIMITS.reconnect_after_ms },
    ]);
    expect(closing(behind)).toMatchObject({ reason: "restart" });
  });

  it.each(ABOVE)("R5 goes on after %s when the head has reached it in time", (op, message) => {
    const from = op === "IDENTIFY" || op === "RESUME" ? NEW : LIVE;
    const state = after(from, [says(message), 1000]);
    const reached = check({}, world({ headSeq: 1001 }));
    expect(step(state, reached, at(1001 + LIMITS.ahead_wait_ms)).state.phase).toBe("live");
  });
});

describe("E errors", () => {
  it("E3 an unknown channel is 4002 and the field is named, in every op that names channels", () => {
    const wrong: ClientMessage[] = [
      { op: "RESYNC", channel_seq: { "tx.mian": 1 } },
      { op: "SUBSCRIBE", channel_seq: { "tx.mian": 1 } },
      { op: "UNSUBSCRIBE", channels: ["tx.mian"] },
      { op: "HEARTBEAT", channel_seq: { "tx.mian": 1 } },
    ];
    for (const bad of wrong) {
      const field = Object.keys(bad)[1] as string;
      expect(closing(step(LIVE, says(bad), at(20)))).toMatchObject({
        reason: "bad_message",
        detail: `${bad.op} /${field}: no channel "tx.mian"`,
      });
    }
  });
});
