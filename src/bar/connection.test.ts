import { describe, expect, it } from "vitest";
import { STALE_AFTER_MS } from "../stores/freshness.ts";
import { CONNECTIONS, NOW, statusIn } from "../testing/statuses.ts";
import { explain, isLive, type PillState, pillState, pillText, remedy, stateName } from "./connection.ts";

const STATES = [...Object.keys(CONNECTIONS), "stale"] as PillState[];

const reconnecting = (retry_at_unix_ms: number) =>
  statusIn({ ...CONNECTIONS.reconnecting, retry_at_unix_ms });

describe("the pill", () => {
  it("connects until the worker says otherwise", () => {
    expect(pillText(null, NOW)).toBe("Connecting");
    expect(pillText(statusIn("connecting", { last_frame_unix_ms: null }), NOW)).toBe("Connecting");
  });

  it("counts down to the next attempt, and never below it", () => {
    expect(pillText(reconnecting(NOW + 2_400), NOW)).toBe("Reconnecting in 3 s");
    expect(pillText(reconnecting(NOW - 500), NOW)).toBe("Reconnecting");
  });

  it("calls a silent connection stale, with its age, and only then", () => {
    const live = statusIn("live");
    expect(pillState(live, NOW + STALE_AFTER_MS)).toBe("live");
    expect(pillState(live, NOW + STALE_AFTER_MS + 1)).toBe("stale");
    expect(pillText(live, NOW + 31_000)).toBe("Stale 31 s");
  });

  it("takes a clock that was set back for no age at all", () => {
    expect(pillText(statusIn("live", { last_frame_unix_ms: NOW + 60_000 }), NOW)).toBe("Live");
  });

  it("S12 says when an unreachable server is looked for next", () => {
    const unreachable = (probe_at_unix_ms: number) =>
      statusIn({ ...CONNECTIONS.unreachable, probe_at_unix_ms });
    expect(pillText(unreachable(NOW + 20_400), NOW)).toBe("Unreachable, 21 s");
    expect(pillText(unreachable(NOW), NOW)).toBe("Unreachable");
  });

  it("has a name of its own for each state", () => {
    expect(new Set(STATES.map(stateName)).size).toBe(STATES.length);
    for (const state of ["live", "resuming", "resyncing", "diverged", "asleep", "failed"] as const) {
      expect(pillText(statusIn(state), NOW)).toBe(stateName(state));
    }
  });
});

describe("the explanation", () => {
  it("names the channels by their panels' titles", () => {
    const status = statusIn({ state: "resyncing", channels: ["tx.main", "pool.main"] });
    expect(explain(status, NOW)).toContain("Transactions, Pool events");
  });

  it("gives attempts and reasons as sentences", () => {
    expect(explain(reconnecting(NOW), NOW)).toBe(
      "The socket closed. Attempt 3 follows. Rows stay as they were.",
    );
    expect(explain(statusIn("unreachable"), NOW)).toMatch(/^No answer\. After 6 failures in a row/);
    expect(explain(statusIn({ state: "failed", reason: "4010." }), NOW)).toMatch(/^4010\. It is not tried/);
  });

  it("C10 does not say of a degraded channel that every change is applied", () => {
    const status = statusIn("live");
    const degraded = { ...status.channels["tx.main"]!, rung: "coalesced" } as const;
    expect(explain(status, NOW)).toMatch(/^Every change is applied/);
    expect(explain({ ...status, channels: { "tx.main": degraded } }, NOW)).toMatch(/^Transactions: more/);
  });

  it("R3 R6 says in words what the protocol says in one", () => {
    for (const reason of ["draining", "behind", "epoch_changed", "token_expired", "token_invalid"]) {
      const text = explain(statusIn({ ...CONNECTIONS.reconnecting, reason }), NOW);
      expect(text).toMatch(/^(The|This) [a-z ]+\. Attempt 3 follows/);
    }
  });

  it("does not change with the clock, for it is read aloud", () => {
    for (const state of Object.values(CONNECTIONS)) {
      expect(explain(statusIn(state), NOW + 900)).toBe(explain(statusIn(state), NOW));
    }
  });
});

it("S12 offers to try an unreachable server at once, S4 to reload what cannot go on, and nothing else", () => {
  expect(Object.fromEntries(STATES.map((state) => [state, remedy(state)]))).toEqual({
    ...Object.fromEntries(STATES.map((state) => [state, null])),
    unreachable: "retry",
    failed: "reload",
  });
});

it("is live while nothing is asked of the user", () => {
  expect(STATES.filter(isLive)).toEqual(["live", "resyncing"]);
});
