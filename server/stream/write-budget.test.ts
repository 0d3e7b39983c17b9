import { describe, expect, it } from "vitest";
import { LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { WriteBudget } from "./write-budget.ts";

const TOTAL = SERVER_LIMITS.max_total_buffered_bytes;
const HALF = LIMITS.max_buffered_bytes / 2;

function budgetOf(sessions: number): WriteBudget {
  const budget = new WriteBudget();
  for (let n = 0; n < sessions; n++) budget.join();
  return budget;
}

describe("B bounds", () => {
  it("B1 few sessions may each hold half of max_buffered_bytes", () => {
    const budget = budgetOf(1);
    expect(budget.room(1000)).toBe(HALF - 1000);
    expect(budget.room(HALF)).toBe(0);
    expect(budget.frameBytes).toBe(LIMITS.max_frame_bytes);
    expect([budget.overflows(HALF * 2), budget.overflows(HALF * 2 + 1)]).toEqual([false, true]);
  });

  it("B6 a session's share shrinks as sessions become more, frames with it, and grows as they leave", () => {
    const budget = budgetOf(SERVER_LIMITS.max_sessions_count);
    const share = TOTAL / SERVER_LIMITS.max_sessions_count;
    expect(budget.shareBytes).toBe(share);
    expect(budget.frameBytes).toBe(share);
    for (let n = 1; n < SERVER_LIMITS.max_sessions_count; n++) budget.leave();
    expect(budget.shareBytes).toBe(HALF);
  });

  it("B6 over the total only a socket that has nothing to carry may take a frame", () => {
    const budget = budgetOf(1000);
    budget.moved(TOTAL - 10);
    expect(budget.room(1)).toBe(10);
    budget.moved(10);
    expect(budget.room(1)).toBe(0);
    expect(budget.room(0)).toBe(Number.POSITIVE_INFINITY);
    budget.moved(-TOTAL);
    expect(budget.heldBytes).toBe(0);
    expect(budget.room(1)).toBe(budget.shareBytes - 1);
  });

  it("B6 whatever sessions do, batches hold at most the total twice", () => {
    const sessions = SERVER_LIMITS.max_sessions_count;
    const budget = new WriteBudget();
    const held = new Array<number>(sessions).fill(0);
    let most = 0;
    // Sessions come one after the other, nobody reads, and each is offered frames as large as they may be.
    for (let present = 1; present <= sessions; present++) {
      budget.join();
      for (let n = present - 1; n >= 0; n -= 17) {
        const frame = budget.frameBytes;
        if (budget.room(held[n] as number) < frame) continue;
        held[n] = (held[n] as number) + frame;
        budget.moved(frame);
      }
      most = Math.max(most, budget.heldBytes);
    }
    expect(most).toBeGreaterThan(TOTAL * 0.9);
    expect(most).toBeLessThanOrEqual(TOTAL * 2);
  });
});
