import { describe, expect, it } from "vitest";
import { SERVER_LIMITS } from "../limits.ts";
import { FairShare } from "./fair-share.ts";

const TIMES = SERVER_LIMITS.rests_per_slice_count;

/** Milliseconds of sending in a loop whose turns have so much other work, over `turns` turns, and of all. */
function shareOf(sendMs: number, othersMs: number, turns: number): number {
  const share = new FairShare();
  let now = 0;
  let sent = 0;
  for (let turn = 0; turn < turns; turn++) {
    if (share.mayBegin(now)) {
      share.took(now, now + sendMs);
      now += sendMs;
      sent += sendMs;
    }
    now += othersMs;
  }
  return sent / now;
}

describe("F5 sending's share of the loop", () => {
  it("F5 is all of it where there is nothing else to do", () => {
    expect(shareOf(2, 0.01, 1_000)).toBeGreaterThan(0.99);
  });

  it("F5 is one part in one more than the factor, or less, where the loop is never idle, however long turns are", () => {
    for (const [sendMs, othersMs] of [
      [2, 1],
      [2, 4],
      [40, 4],
      [0.5, 3],
    ] as const) {
      const share = shareOf(sendMs, othersMs, 10_000);
      expect(share).toBeLessThanOrEqual(1 / (1 + TIMES) + 0.001);
      // A turn more than is owed, at the most.
      expect(share).toBeGreaterThan(sendMs / (sendMs * (1 + TIMES) + othersMs) - 0.001);
    }
  });

  it("F5 comes at the first asking after a pause", () => {
    const share = new FairShare();
    expect(share.mayBegin(0)).toBe(true);
    share.took(0, 10);
    expect(share.mayBegin(12)).toBe(false);
    expect(share.mayBegin(12.25)).toBe(true);
    share.took(13, 23);
    expect(share.mayBegin(23 + 10 * TIMES)).toBe(true);
  });
});
