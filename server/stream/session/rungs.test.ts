import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../protocol/stream/limits.ts";
import {
  after,
  at,
  check,
  counted,
  FUNDED,
  LIVE,
  LOST,
  MESSAGES,
  offer,
  positionOf,
  STARVED,
  says,
  sent,
  world,
} from "../../testing/session.ts";
import type { SessionEvent } from "./events.ts";
import { step } from "./session.ts";
import type { SessionState } from "./state.ts";

const LATE = LIMITS.degraded_after_ms;
const NOTICE = { op: "DISPATCH", type: "NOTICE", channel: "tx.main" };
const COALESCED = after(LIVE, [STARVED, 100], [check(), 100 + LATE]);
const HEAD = offer({ prev_seq: 900, seq: 990 });

describe("C10 rungs", () => {
  it.each<[string, SessionState, SessionEvent]>([
    ["credit", LIVE, STARVED],
    ["the socket", FUNDED, offer({}, 999)],
    [
      "credit for the rest of a cut batch",
      after(FUNDED, [offer({ seq: 910 }), 50]),
      offer({ prev_seq: 910, complete: false }),
    ],
  ])("C10 changes that have waited 1 s for %s make the channel coalesced, told once", (_for, from, event) => {
    const waiting = after(from, [event, 100]);
    expect(sent(step(waiting, check(), at(99 + LATE)))).toEqual([]);
    const fallen = step(waiting, check(), at(100 + LATE));
    expect(sent(fallen)).toMatchObject([{ ...NOTICE, code: "degraded", rung: "coalesced" }]);
    expect(counted(fallen)).toEqual([{ what: "degraded", channel: "tx.main", rung: "coalesced" }]);
    expect(sent(step(fallen.state, check(), at(100 + 5 * LATE)))).toEqual([]);
  });

  it("C10 the wait lasts until a batch reaches the head, not until credit comes", () => {
    const cut = after(
      LIVE,
      [STARVED, 100],
      [says(MESSAGES.CREDIT), 200],
      [offer({ seq: 940, complete: false }), 210],
    );
    expect(positionOf(cut).waiting_since_ms).toBe(100);
    const whole = after(cut, [offer({ prev_seq: 940, seq: 1000 }), 220]);
    expect(positionOf(whole)).toMatchObject({ waiting_since_ms: null, late_ms: null });
  });

  it("C10 a client that gives no credit, and fetches what it missed, is late for what comes after", () => {
    const fetched = after(COALESCED, [says({ op: "RESYNC", channel_seq: { "tx.main": 990 } }), 1200]);
    expect(positionOf(fetched)).toMatchObject({ starved: true, waiting_since_ms: null });
    const again = step(fetched, STARVED, at(1300));
    expect(counted(again)).toEqual([]);
    expect(positionOf(again.state).waiting_since_ms).toBe(1300);
    const later = after(again.state, [says(MESSAGES.HEARTBEAT), 20_000]);
    expect(sent(step(later, check(), at(30_000)))).toEqual([]);
  });

  it("C10 a wait that was over before the next look counts all the same", () => {
    const state = after(LIVE, [STARVED, 100], [says(MESSAGES.CREDIT), 1000], [HEAD, 100 + LATE]);
    expect(sent(step(state, check(), at(101 + LATE)))).toMatchObject([{ code: "degraded" }]);
  });

  it("C10 restored is told after 5 s of keeping up, and a shorter wait does not put that off", () => {
    const caughtUp = after(COALESCED, [says(MESSAGES.CREDIT), 1200], [HEAD, 1210]);
    const late = positionOf(caughtUp).late_ms as number;
    const wavered = after(
      caughtUp,
      [STARVED, 2000],
      [says(MESSAGES.CREDIT), 2500],
      [offer({ prev_seq: 990, seq: 1000 }), 2600],
    );
    expect(sent(step(wavered, check(), at(late + LIMITS.restored_after_ms - 1)))).toEqual([]);
    const restored = step(wavered, check(), at(late + LIMITS.restored_after_ms));
    expect(sent(restored)).toMatchObject([{ ...NOTICE, code: "restored", rung: "full" }]);
    expect(counted(restored)).toEqual([]);
  });

  it("C10 out_of_reach is told with RESYNC_REQUIRED; RESYNC leads to coalesced, and 5 s later to full", () => {
    const lost = step(FUNDED, LOST, at(100));
    expect(sent(lost)).toMatchObject([
      { type: "RESYNC_REQUIRED" },
      { ...NOTICE, code: "degraded", rung: "out_of_reach" },
    ]);
    const later = after(
      lost.state,
      [check(), 20_000],
      [says(MESSAGES.HEARTBEAT), 20_400],
      [says(MESSAGES.RESYNC), 20_500],
    );
    const back = step(later, check(), at(21_000));
    expect(sent(back)).toMatchObject([{ rung: "coalesced" }]);
    expect(sent(step(back.state, check(), at(20_500 + LIMITS.restored_after_ms)))).toMatchObject([
      { code: "restored", rung: "full" },
    ]);
  });

  it("C10 no NOTICE is written into a socket that has its share; it is told when there is room", () => {
    const waiting = after(LIVE, [STARVED, 100]);
    const full = step(waiting, check({ buffered: 9, room: 0 }), at(100 + LATE));
    expect(sent(full)).toEqual([]);
    expect(sent(step(full.state, check({ buffered: 9, room: 1 }), at(200 + LATE)))).toHaveLength(1);

    const lost = step(FUNDED, { type: "out_of_reach", channel: "tx.main", room_bytes: -1 }, at(100));
    expect(sent(lost)).toMatchObject([{ type: "RESYNC_REQUIRED" }]);
    expect(sent(step(lost.state, check(), at(200)))).toMatchObject([{ rung: "out_of_reach" }]);
  });

  it("C10 a client that starves and catches up over and over is told twice in 6 s at most", () => {
    let state: SessionState = LIVE;
    let seq = 900;
    let notices = 0;
    const hour = 3_600_000;
    const look = check({}, world({ headSeq: 1_000_000 }));
    for (let ms = 100; ms < hour; ms += 1000) {
      const grant = says(MESSAGES.CREDIT);
      const caughtUp = offer({ prev_seq: seq, seq: seq + 1 });
      // For 2 s in 9 it has no credit.
      const events: SessionEvent[] = ms % 9000 < 2000 ? [STARVED] : [grant, caughtUp];
      if (events.length === 2) seq++;
      state = events.reduce((reached, event) => step(reached, event, at(ms)).state, state);
      const looked = step(state, look, at(ms + 500));
      notices += sent(looked).length;
      state = after(looked.state, [says(MESSAGES.HEARTBEAT), ms + 600]);
    }
    expect(notices).toBeGreaterThan(hour / 20_000);
    expect(notices).toBeLessThanOrEqual(hour / 3000);
  });
});
