import { describe, expect, it } from "vitest";
import type { Row } from "../../protocol/stream/messages.ts";
import { window } from "../testing/messages.ts";
import { shareOf, textOf } from "./bytes.ts";

const rows = (count: number, text: string): Row[] =>
  Array.from({ length: count }, (_, n) => ({ id: `id${n}`, seq: n, text }));

describe("the bytes of rows", () => {
  it("are equal shares of their text, in whole bytes that never come to less", () => {
    expect(shareOf(1000, rows(3, ""))).toBe(334);
    expect(shareOf(1000, [])).toBe(0);
  });

  it("share a snapshot among its channels by how long their rows are", () => {
    const channels = {
      "tx.main": window(rows(100, "x".repeat(1000))),
      "pool.main": window(rows(300, "x".repeat(300))),
      "pool.state": window([]),
    };
    const text = JSON.stringify(channels);
    const shares = textOf(channels, text.length).map(([, bytes]) => bytes);
    for (const [at, channel] of Object.values(channels).entries()) {
      const exact = JSON.stringify(channel.upsert).length;
      expect(Math.abs(shares[at]! - exact)).toBeLessThanOrEqual(0.02 * text.length);
    }
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(text.length);
  });

  it("are none where a snapshot has no rows", () => {
    const channel = window([]);
    expect(textOf({ "tx.main": channel }, 500)).toEqual([[channel, 0]]);
  });
});
