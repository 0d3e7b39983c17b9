import { describe, expect, it } from "vitest";
import type { Connection, StreamStatus } from "../../workers/api.ts";
import { STALE_AFTER_MS } from "../table/state.ts";
import { explain, isLive, pillState, pillText } from "./connection.ts";

const NOW = 1_700_000_000_000;

function status(connection: Connection, last_frame_unix_ms: number | null = NOW): StreamStatus {
  return {
    connection,
    server: "http://127.0.0.1:1",
    epoch: "e-1",
    seq: 1,
    event_unix_ms: NOW,
    last_frame_unix_ms,
    rows_per_s: 1,
    channels: {},
  };
}

const reconnecting = (retry_at_unix_ms: number) =>
  status({ state: "reconnecting", attempt: 3, retry_at_unix_ms, reason: "the socket closed" });

describe("the pill", () => {
  it("connects until the worker says otherwise", () => {
    expect(pillText(null, NOW)).toBe("Connecting");
    expect(pillText(status({ state: "connecting" }, null), NOW)).toBe("Connecting");
  });

  it("counts down to the next attempt, and never below it", () => {
    expect(pillText(reconnecting(NOW + 2_400), NOW)).toBe("Reconnecting in 3 s");
    expect(pillText(reconnecting(NOW - 500), NOW)).toBe("Reconnecting");
  });

  it("calls a silent connection stale, with its age, and only then", () => {
    const live = status({ state: "live" });
    expect(pillState(live, NOW + STALE_AFTER_MS)).toBe("live");
    expect(pillState(live, NOW + STALE_AFTER_MS + 1)).toBe("stale");
    expect(pillText(live, NOW + 31_000)).toBe("Stale 31 s");
  });

  it("takes a clock that was set back for no age at all", () => {
    expect(pillText(status({ state: "live" }, NOW + 60_000), NOW)).toBe("Live");
  });

  it("names each other state", () => {
    expect(pillText(status({ state: "resyncing", channels: ["tx.main"] }), NOW)).toBe("Resyncing");
    expect(pillText(status({ state: "diverged", channels: ["tx.main"] }), NOW)).toBe("Diverged");
    expect(pillText(status({ state: "failed", reason: "x" }), NOW)).toBe("Failed");
  });
});

describe("the explanation", () => {
  it("names the channels and the reasons", () => {
    expect(explain(status({ state: "resyncing", channels: ["tx.main", "pool.main"] }), NOW)).toContain(
      "tx.main, pool.main",
    );
    expect(explain(reconnecting(NOW), NOW)).toBe(
      "The socket closed. Attempt 3 follows. Rows stay as they were.",
    );
    expect(explain(status({ state: "failed", reason: "4010." }), NOW)).toMatch(/^4010\. It is not tried/);
  });
});

it("is live while nothing is asked of the user", () => {
  expect(isLive("live")).toBe(true);
  expect(isLive("resyncing")).toBe(true);
  for (const state of ["connecting", "diverged", "reconnecting", "failed", "stale"] as const) {
    expect(isLive(state)).toBe(false);
  }
});
