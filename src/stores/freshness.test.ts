import { describe, expect, it } from "vitest";
import type { Connection, StreamStatus } from "../../workers/api.ts";
import { CONNECTIONS, NOW, statusIn } from "../testing/statuses.ts";
import {
  lapseOf,
  REPAIR_SHOWS_AFTER_MS,
  rowsAge,
  STALE_AFTER_MS,
  staleMs,
  type WholeTimes,
  wholeTimes,
} from "./freshness.ts";

const STATES = Object.keys(CONNECTIONS) as Connection["state"][];
const OPEN = ["live", "resyncing", "diverged"];

const withRung = (rung: "coalesced" | "out_of_reach"): StreamStatus => {
  const status = statusIn("live");
  return { ...status, channels: { ...status.channels, "tx.main": { ...status.channels["tx.main"]!, rung } } };
};

describe("staleMs", () => {
  it("is null before anything came", () => {
    expect(staleMs(null, NOW)).toBeNull();
    expect(staleMs(statusIn("reconnecting", { last_frame_unix_ms: null }), NOW)).toBeNull();
  });

  it.each(STATES.filter((state) => !OPEN.includes(state)))("S13 S11 counts at once while %s", (state) => {
    expect(staleMs(statusIn(state), NOW + 300)).toBe(300);
  });

  it.each(OPEN as Connection["state"][])("counts only after a silence while %s", (state) => {
    expect(staleMs(statusIn(state), NOW + STALE_AFTER_MS)).toBeNull();
    expect(staleMs(statusIn(state), NOW + STALE_AFTER_MS + 1)).toBe(STALE_AFTER_MS + 1);
  });
});

describe("lapseOf", () => {
  it("is null while a channel is followed, also while another one is repaired", () => {
    expect(lapseOf("tx.main", null, NOW)).toBeNull();
    expect(lapseOf("tx.main", statusIn("live"), NOW)).toBeNull();
    expect(lapseOf("pool.main", statusIn("resyncing"), NOW)).toBeNull();
  });

  it("D4 O5 names what ails the channel that it ails", () => {
    expect(lapseOf("tx.main", statusIn("resyncing"), NOW)).toBe("resyncing");
    expect(lapseOf("tx.main", statusIn("diverged"), NOW)).toBe("diverged");
  });

  it("C10 shows the rung of the channel that the server degraded", () => {
    for (const rung of ["coalesced", "out_of_reach"] as const) {
      expect(lapseOf("tx.main", withRung(rung), NOW)).toBe(rung);
      expect(lapseOf("pool.main", withRung(rung), NOW)).toBeNull();
    }
  });

  it("puts a lost connection before a rung, and a wrong digest before all", () => {
    const lost = { ...withRung("coalesced"), connection: CONNECTIONS.unreachable };
    expect(lapseOf("tx.main", lost, NOW)).toBe("stale");
    expect(lapseOf("tx.main", statusIn("diverged"), NOW + 2 * STALE_AFTER_MS)).toBe("diverged");
  });
});

describe("the age of a channel's rows", () => {
  const after = (...statuses: StreamStatus[]) => statuses.reduce<WholeTimes>(wholeTimes, {});
  const later = (ms: number, state: Connection["state"]) => statusIn(state, { last_frame_unix_ms: NOW + ms });

  it("is null while they are fresh, and while they are only coalesced", () => {
    expect(rowsAge("tx.main", statusIn("live"), NOW, after(statusIn("live")))).toBeNull();
    const coalesced = withRung("coalesced");
    expect(rowsAge("tx.main", coalesced, NOW + 5_000, after(coalesced))).toBeNull();
  });

  it("counts from when the channel was whole, not from the last frame of the others", () => {
    const repairing = later(4_000, "resyncing");
    const whole = after(statusIn("live"), later(2_000, "resyncing"), repairing);
    expect(rowsAge("tx.main", repairing, NOW + 4_000, whole)).toBe(4_000);
    expect(rowsAge("pool.main", repairing, NOW + 4_000, whole)).toBeNull();
  });

  it("goes on counting when the connection is lost in the middle of a repair", () => {
    const lost = later(2_000, "reconnecting");
    const whole = after(statusIn("live"), later(2_000, "resyncing"), lost);
    expect(rowsAge("tx.main", lost, NOW + 9_000, whole)).toBe(9_000);
    expect(rowsAge("pool.main", lost, NOW + 9_000, whole)).toBe(7_000);
  });

  it("does not flicker for a repair that is over in a moment", () => {
    const whole = after(statusIn("live"));
    const repairing = statusIn("resyncing");
    expect(rowsAge("tx.main", repairing, NOW + REPAIR_SHOWS_AFTER_MS - 1, whole)).toBeNull();
    expect(rowsAge("tx.main", repairing, NOW + REPAIR_SHOWS_AFTER_MS, whole)).toBe(REPAIR_SHOWS_AFTER_MS);
  });

  it("takes a clock that was set back for no age at all", () => {
    expect(rowsAge("tx.main", statusIn("failed"), NOW - 60_000, after(statusIn("live")))).toBe(0);
  });
});
