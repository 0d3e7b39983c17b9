import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { ClientMessage } from "../../../protocol/stream/messages.ts";
import {
  at,
  check,
  closing,
  counted,
  EPOCH,
  LIVE,
  MESSAGES,
  NEW,
  positionOf,
  says,
  sent,
  TOKENS,
  token,
  UNIX_MS,
  world,
} from "../../testing/session.ts";
import { open } from "./handshake.ts";
import { step } from "./session.ts";

describe("S sessions", () => {
  it("S1 a new session says HELLO with the epoch, the limits and the wall's time", () => {
    expect(sent(open("sess_9", EPOCH, at(7)))).toEqual([
      {
        op: "HELLO",
        protocol: 2,
        encodings: ["json"],
        heartbeat_interval_ms: LIMITS.heartbeat_interval_ms,
        session_id: "sess_9",
        epoch: EPOCH,
        server_time_unix_ms: UNIX_MS + 7,
        limits: {
          max_credit: LIMITS.max_credit,
          max_entities_per_batch: LIMITS.max_entities_per_batch,
          max_frame_bytes: LIMITS.max_frame_bytes,
          max_flush_interval_ms: LIMITS.max_flush_interval_ms,
        },
      },
    ]);
  });

  it("S2 IDENTIFY is answered by SNAPSHOT_ACK; every subscription stands at the snapshot's seq, without credit", () => {
    const identified = step(NEW, says(MESSAGES.IDENTIFY), at(10));
    expect(sent(identified)).toEqual([
      {
        op: "DISPATCH",
        type: "SNAPSHOT_ACK",
        session_id: "sess_1",
        resume_token: token({ session_id: "sess_1", expires_ms: 10 + LIMITS.resume_token_ttl_ms }),
        resumed: false,
        channel_seq: { "tx.main": 900 },
      },
    ]);
    expect(identified.state.id).toBe("sess_1");
    expect(positionOf(identified.state)).toMatchObject({ cursor: 900, credit: 0, at: "head", rung: "full" });
  });

  it("S3 another epoch is INVALID_SESSION and the end", () => {
    const refused = step(NEW, says({ ...MESSAGES.IDENTIFY, epoch: "e-other-0" }), at(10));
    expect(sent(refused)).toEqual([{ op: "INVALID_SESSION", reason: "epoch_changed" }]);
    expect(closing(refused)).toMatchObject({ reason: "invalid_session" });
    expect(refused.state.phase).toBe("closed");
  });

  it("S4 another protocol is told to reload, in IDENTIFY and in RESUME, whatever else is wrong", () => {
    for (const old of [
      { ...MESSAGES.IDENTIFY, protocol: 1, epoch: "e-other-0" },
      { ...MESSAGES.RESUME, protocol: 3, resume_token: "" },
    ]) {
      expect(closing(step(NEW, says(old), at(10)))).toMatchObject({ reason: "protocol_too_old" });
    }
  });

  it("S5 neither IDENTIFY nor RESUME in time closes the session", () => {
    expect(step(NEW, check(), at(LIMITS.identify_timeout_ms)).state).toBe(NEW);
    expect(closing(step(NEW, check(), at(LIMITS.identify_timeout_ms + 1)))).toMatchObject({
      reason: "not_identified",
    });
  });
});

describe("R resume", () => {
  it("R1 RESUME is answered by SNAPSHOT_ACK with its own id and cursors, and no credit", () => {
    const message = { ...MESSAGES.RESUME, subscriptions: ["tx.main", "pool.main"] };
    const resumed = step(NEW, says(message), at(10));
    expect(sent(resumed)).toEqual([
      {
        op: "DISPATCH",
        type: "SNAPSHOT_ACK",
        session_id: "sess_old",
        resume_token: token({ expires_ms: 10 + LIMITS.resume_token_ttl_ms }),
        resumed: true,
        channel_seq: { "tx.main": 950, "pool.main": 940 },
      },
    ]);
    expect(resumed.state.id).toBe("sess_old");
    expect(positionOf(resumed.state)).toMatchObject({ cursor: 950, credit: 0 });
    expect(positionOf(resumed.state, "pool.main")).toMatchObject({ cursor: 940, credit: 0 });
    expect(counted(resumed)).toEqual([{ what: "resumed" }]);
    expect(resumed.effects.filter(({ type }) => type === "pump")).toHaveLength(2);
  });

  it("R1 channel_seq of a channel that is not subscribed subscribes nothing", () => {
    const message = { ...MESSAGES.RESUME, channel_seq: { "tx.main": 950, "pool.main": 950 } };
    const { state } = step(NEW, says(message), at(10));
    expect(() => positionOf(state, "pool.main")).toThrow("has no pool.main");
  });

  it("R2 SNAPSHOT_ACK and each HEARTBEAT_ACK carry a token that another session is resumed with", () => {
    const [acked] = sent(step(LIVE, says(MESSAGES.HEARTBEAT), at(5000)));
    const fresh = (acked as { resume_token: string }).resume_token;
    expect(TOKENS.open(fresh)).toEqual({
      epoch: EPOCH,
      session_id: "sess_1",
      expires_unix_ms: UNIX_MS + 5000 + LIMITS.resume_token_ttl_ms,
    });
    const again = { ...MESSAGES.RESUME, session_id: "sess_1", resume_token: fresh };
    expect(step(NEW, says(again), at(5000 + LIMITS.resume_token_ttl_ms)).state.phase).toBe("live");
    const [, told] = sent(step(NEW, says(again), at(5001 + LIMITS.resume_token_ttl_ms)));
    expect(told).toBeUndefined();
  });

  it.each([
    ["token_invalid", "of another session", token({ session_id: "sess_else" })],
    ["token_invalid", "of another session, whatever else is wrong", token({ session_id: "x", epoch: "e-1" })],
    ["token_invalid", "forged", `${token().split(".")[0]}.${"A".repeat(43)}`],
    ["token_invalid", "of no shape", "nonsense"],
    ["epoch_changed", "of another epoch", token({ epoch: "e-other-0" })],
    ["epoch_changed", "of another epoch that has run out too", token({ epoch: "e-1", expires_ms: -1 })],
    ["token_expired", "that has run out", token({ expires_ms: 9 })],
  ])("R3 %s answers a token %s", (reason, _what, resume_token) => {
    const refused = step(NEW, says({ ...MESSAGES.RESUME, resume_token }), at(10));
    expect(sent(refused)).toEqual([{ op: "INVALID_SESSION", reason }]);
    expect(closing(refused)?.reason).toBe(reason === "epoch_changed" ? "invalid_session" : "bad_token");
    expect(counted(refused)).toEqual([{ what: "resume_refused", reason }]);
    expect(refused.state.phase).toBe("closed");
  });

  it("R4 RESUME does not fail for age: a channel out of reach is told so, the others go on", () => {
    const message = {
      ...MESSAGES.RESUME,
      last_seq: 99,
      channel_seq: {},
      subscriptions: ["tx.main", "pool.main"],
    };
    const resumed = step(NEW, says(message), at(10));
    expect(resumed.state.phase).toBe("live");
    expect(sent(resumed).slice(1)).toMatchObject([
      { type: "RESYNC_REQUIRED", channel: "tx.main" },
      { type: "NOTICE", channel: "tx.main", rung: "out_of_reach" },
    ]);
    expect(resumed.effects).toContainEqual({ type: "pump", channel: "pool.main" });
  });
});

describe("E errors", () => {
  it("E1 every op before IDENTIFY or RESUME is 4003", () => {
    const early = Object.values(MESSAGES).filter(({ op }) => op !== "IDENTIFY" && op !== "RESUME");
    expect(early).toHaveLength(5);
    for (const message of early) {
      expect(closing(step(NEW, says(message), at(1)))).toMatchObject({
        reason: "not_identified",
        detail: `${message.op} before IDENTIFY or RESUME`,
      });
    }
  });

  it("E2 a second IDENTIFY or RESUME is 4005, even one that another server would refuse", () => {
    for (const again of [MESSAGES.IDENTIFY, MESSAGES.RESUME, { ...MESSAGES.RESUME, resume_token: "" }]) {
      expect(closing(step(LIVE, says(again), at(20)))).toMatchObject({ reason: "already_identified" });
    }
  });

  it("E3 an unknown channel is 4002 and the field is named", () => {
    const wrongs: [ClientMessage, string][] = [
      [{ ...MESSAGES.IDENTIFY, subscriptions: ["tx.main", "tx.mian"] }, "subscriptions"],
      [{ ...MESSAGES.RESUME, subscriptions: ["tx.mian"] }, "subscriptions"],
      [{ ...MESSAGES.RESUME, channel_seq: { "tx.mian": 1 } }, "channel_seq"],
    ];
    for (const [wrong, field] of wrongs) {
      expect(closing(step(NEW, says(wrong), at(1)))).toMatchObject({
        reason: "bad_message",
        detail: `${wrong.op} /${field}: no channel "tx.mian"`,
      });
    }
  });

  it("E3 a token is judged before the channels: who cannot come in learns nothing of them", () => {
    const wrong = { ...MESSAGES.RESUME, resume_token: "", subscriptions: ["tx.mian"] };
    expect(closing(step(NEW, says(wrong, world()), at(1)))).toMatchObject({ reason: "bad_token" });
  });
});
