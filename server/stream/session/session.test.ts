import { describe, expect, it } from "vitest";
import { at, CLOSED, check, LIVE, LOST, MESSAGES, NEW, offer, STARVED, says } from "../../testing/session.ts";
import { EVENT_TYPES, type SessionEvent } from "./events.ts";
import { step, TABLE } from "./session.ts";

const SAMPLES: SessionEvent[] = [
  ...Object.values(MESSAGES).map((message) => says(message)),
  { type: "control", frame: "ping", room_bytes: 9 },
  { type: "refused", reason: "unknown_op", detail: "no op" },
  offer(),
  STARVED,
  LOST,
  { type: "drained", room_bytes: 0 },
  check({ buffered: 5 }),
  { type: "overflow" },
  { type: "shutdown" },
  { type: "gone" },
];

describe("the table", () => {
  it("P3 every phase says what it does with every event", () => {
    expect(SAMPLES.map(({ type }) => type).toSorted()).toEqual([...EVENT_TYPES].toSorted());
    for (const row of Object.values(TABLE)) {
      expect(Object.keys(row).toSorted()).toEqual([...EVENT_TYPES].toSorted());
    }
  });

  it("P3 an event changes nothing of the state that it came to, and gives the same again", () => {
    for (const state of [NEW, LIVE]) {
      for (const event of SAMPLES) {
        const before = structuredClone(state);
        expect(step(state, event, at(30))).toEqual(step(state, event, at(30)));
        expect(state).toEqual(before);
      }
    }
  });

  it("E5 a closed session does nothing on any event", () => {
    for (const event of SAMPLES) {
      expect(step(CLOSED, event, at(99))).toEqual({ state: CLOSED, effects: [] });
    }
  });

  it("E6 what cannot be read closes the session for its reason, and a lost connection ends it in silence", () => {
    for (const state of [NEW, LIVE]) {
      for (const reason of ["unknown_op", "bad_message"] as const) {
        const refused = step(state, { type: "refused", reason, detail: "why" }, at(30));
        expect(refused.effects).toEqual([{ type: "close", reason, detail: "why" }]);
        expect(refused.state.phase).toBe("closed");
      }
      expect(step(state, { type: "gone" }, at(30))).toEqual({ state: CLOSED, effects: [] });
    }
  });
});
