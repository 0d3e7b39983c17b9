import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../protocol/stream/limits.ts";
import {
  after,
  at,
  closing,
  counted,
  FUNDED,
  LIVE,
  MESSAGES,
  offer,
  positionOf,
  STARVED,
  says,
} from "../../testing/session.ts";
import { step } from "./session.ts";

describe("C credit", () => {
  it("C1 a batch costs one credit and moves the cursor; none goes without", () => {
    const first = step(FUNDED, offer(), at(30));
    expect(first.effects).toEqual([{ type: "send_batch" }]);
    const second = step(first.state, offer({ prev_seq: 950, seq: 990 }), at(31));
    expect(positionOf(second.state)).toMatchObject({ cursor: 990, credit: 0 });
    const third = step(second.state, offer({ prev_seq: 990, seq: 995 }), at(32));
    expect(third).toEqual({ state: second.state, effects: [] });
  });

  it("C2 CREDIT adds up to max_credit", () => {
    const grant = says({ op: "CREDIT", channel_credit: { "tx.main": 60 } });
    const once = after(LIVE, [grant, 20]);
    expect(positionOf(once).credit).toBe(60);
    expect(positionOf(after(once, [grant, 21])).credit).toBe(LIMITS.max_credit);
  });

  it("C4 a cut batch leaves the channel behind, so that its rest goes as soon as there is credit", () => {
    const cut = step(FUNDED, offer({ seq: 940, complete: false }), at(30));
    expect(positionOf(cut.state)).toMatchObject({ cursor: 940, at: "behind", waiting_since_ms: null });
    const last = after(cut.state, [offer({ prev_seq: 940, complete: false }), 31]);
    expect(positionOf(last)).toMatchObject({ credit: 0, at: "behind", waiting_since_ms: 31 });
    expect(step(last, says(MESSAGES.CREDIT), at(32)).effects).toEqual([{ type: "pump", channel: "tx.main" }]);
  });

  it("C5 credit for a channel that was just unsubscribed is ignored; for one that does not exist it is 4002", () => {
    const without = after(FUNDED, [says(MESSAGES.UNSUBSCRIBE), 30]);
    const granted = step(without, says(MESSAGES.CREDIT), at(31));
    expect(granted.state.phase).toBe("live");
    expect(granted.effects).toEqual([]);
    const wrong = says({ op: "CREDIT", channel_credit: { "tx.mian": 1 } });
    expect(closing(step(LIVE, wrong, at(20)))?.detail).toBe('CREDIT /channel_credit: no channel "tx.mian"');
  });

  it("C6 exhausted credit is counted once until credit comes", () => {
    const first = step(LIVE, STARVED, at(20));
    expect(counted(first)).toEqual([{ what: "credit_exhausted" }]);
    expect(step(first.state, STARVED, at(30)).effects).toEqual([]);
    const funded = after(first.state, [says(MESSAGES.CREDIT), 40]);
    expect(counted(step(funded, STARVED, at(50)))).toHaveLength(1);
  });
});

describe("B bounds", () => {
  it("B1 no batch is written without room for it; it goes when the socket has drained", () => {
    expect(step(FUNDED, offer({}, 1000), at(30)).effects).toEqual([{ type: "send_batch" }]);
    const held = step(FUNDED, offer({}, 999), at(30));
    expect(held.effects).toEqual([]);
    expect(positionOf(held.state)).toMatchObject({ cursor: 900, credit: 2, at: "behind" });
    const drained = (room_bytes: number) => step(held.state, { type: "drained", room_bytes }, at(31));
    expect(drained(LIMITS.max_frame_bytes - 1).effects).toEqual([]);
    expect(drained(LIMITS.max_frame_bytes).effects).toEqual([{ type: "pump", channel: "tx.main" }]);
    expect(drained(Number.POSITIVE_INFINITY).effects).toHaveLength(1);
  });

  it("B1 a drained socket moves nothing that waits for credit", () => {
    const cut = after(
      FUNDED,
      [offer({ seq: 940, complete: false }), 30],
      [offer({ prev_seq: 940, complete: false }), 31],
    );
    expect(step(cut, { type: "drained", room_bytes: 1e9 }, at(32)).effects).toEqual([]);
  });
});
