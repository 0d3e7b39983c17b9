import { describe, expect, it } from "vitest";
import type { Connection, StreamStatus, ViewFrame } from "../../workers/api.ts";
import { STALE_AFTER_MS, staleMs, tableState } from "./state.ts";

const NOW = 1_700_000_000_000;
const CONNECTIONS: { [S in Connection["state"]]: Connection & { state: S } } = {
  connecting: { state: "connecting" },
  live: { state: "live" },
  resyncing: { state: "resyncing", channels: ["tx.main"] },
  diverged: { state: "diverged", channels: ["tx.main"] },
  reconnecting: { state: "reconnecting", attempt: 1, retry_at_unix_ms: NOW, reason: "closed" },
  failed: { state: "failed", reason: "too old" },
};

function status(state: Connection["state"], last_frame_unix_ms: number | null = NOW): StreamStatus {
  return {
    connection: CONNECTIONS[state],
    server: "http://127.0.0.1:1",
    epoch: null,
    seq: 0,
    event_unix_ms: 0,
    last_frame_unix_ms,
    rows_per_s: 0,
    channels: {},
  };
}

function frame(total: number, held: number): ViewFrame {
  return { view: "x", total, held, start: 0, rows: [], newer: 0 };
}

describe("tableState", () => {
  it("shows rows whatever the connection, as long as there are any", () => {
    for (const state of Object.keys(CONNECTIONS) as Connection["state"][]) {
      expect(tableState(status(state), frame(1, 1))).toBe("rows");
    }
  });

  it("tells a filter without a match from a channel without rows", () => {
    expect(tableState(status("live"), frame(0, 12))).toBe("no-match");
    expect(tableState(status("live"), frame(0, 0))).toBe("empty");
  });

  it("does not call a table empty before anything came", () => {
    expect(tableState(null, undefined)).toBe("loading");
    expect(tableState(status("connecting"), frame(0, 0))).toBe("loading");
    expect(tableState(status("live"), undefined)).toBe("loading");
  });

  it("says that there is no connection where there are no rows either", () => {
    expect(tableState(status("reconnecting"), frame(0, 0))).toBe("disconnected");
    expect(tableState(status("failed"), undefined)).toBe("disconnected");
  });
});

describe("staleMs", () => {
  it("is null while fresh, and before anything came", () => {
    expect(staleMs(null, NOW)).toBeNull();
    expect(staleMs(status("reconnecting", null), NOW)).toBeNull();
    expect(staleMs(status("live"), NOW + STALE_AFTER_MS)).toBeNull();
  });

  it("counts from the last frame where the connection is gone, and after a silence where it is not", () => {
    expect(staleMs(status("reconnecting"), NOW + 300)).toBe(300);
    expect(staleMs(status("failed"), NOW + 300)).toBe(300);
    expect(staleMs(status("connecting"), NOW + 300)).toBe(300);
    expect(staleMs(status("live"), NOW + STALE_AFTER_MS + 1)).toBe(STALE_AFTER_MS + 1);
  });
});
