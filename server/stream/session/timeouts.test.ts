import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../protocol/stream/limits.ts";
import { after, at, check, closing, LIVE, MESSAGES, NEW, says, sent } from "../../testing/session.ts";
import { step } from "./session.ts";

describe("S sessions", () => {
  it("S6 no HEARTBEAT for 1.5 intervals closes 4009; each HEARTBEAT counts anew", () => {
    const patience = LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals;
    expect(step(LIVE, check(), at(10 + patience)).state.phase).toBe("live");
    expect(closing(step(LIVE, check(), at(11 + patience)))).toMatchObject({ reason: "session_timed_out" });
    const beaten = after(LIVE, [says(MESSAGES.HEARTBEAT), 5000]);
    expect(step(beaten, check(), at(11 + patience)).state.phase).toBe("live");
  });

  it("S6 what else the client sends is no HEARTBEAT", () => {
    const patience = LIMITS.heartbeat_interval_ms * LIMITS.heartbeat_grace_intervals;
    const busy = after(LIVE, [says(MESSAGES.CREDIT), 20_000]);
    expect(closing(step(busy, check(), at(11 + patience)))).not.toBeNull();
  });

  it("S8 a server that stops tells every session to come again and closes it 1012", () => {
    for (const state of [NEW, LIVE]) {
      const stopped = step(state, { type: "shutdown" }, at(1));
      expect(sent(stopped)).toEqual([
        { op: "RECONNECT", reason: "draining", after_ms: LIMITS.reconnect_after_ms },
      ]);
      expect(closing(stopped)).toMatchObject({ reason: "restart" });
      expect(stopped.effects.at(-1)?.type).toBe("close");
    }
  });
});

describe("B bounds", () => {
  it("B2 terminated when nothing drained for drain_timeout_ms", () => {
    const stuck = check({ buffered: 5 });
    expect(step(LIVE, stuck, at(10 + LIMITS.drain_timeout_ms)).state.phase).toBe("live");
    expect(step(LIVE, stuck, at(11 + LIMITS.drain_timeout_ms)).effects).toEqual([{ type: "terminate" }]);
    const taking = after(LIVE, [check({ buffered: 5, taken: 1 }), 5000]);
    expect(
      step(taking, check({ buffered: 5, taken: 1 }), at(5001 + LIMITS.drain_timeout_ms)).effects,
    ).toEqual([{ type: "terminate" }]);
    expect(
      step(taking, check({ buffered: 5, taken: 2 }), at(5001 + LIMITS.drain_timeout_ms)).state.phase,
    ).toBe("live");
    const empty = after(LIVE, [check(), 5000]);
    expect(step(empty, stuck, at(11 + LIMITS.drain_timeout_ms)).state.phase).toBe("live");
  });

  it("B1 a client that asks, and does not read the answers, is cut off", () => {
    expect(step(LIVE, { type: "overflow" }, at(20))).toEqual({
      state: { phase: "closed", id: "sess_1" },
      effects: [{ type: "terminate" }],
    });
  });
});
