import { describe, expect, it } from "vitest";
import { doesRise, estimateSlope, MIN_POINTS, type Point, theilSen, xorshift } from "./slope.ts";

/** A series of `count` points whose noise is autoregressive, as a collected heap's is. */
function series(count: number, slope: number, noise: number, seed: number): Point[] {
  const random = xorshift(seed * 7919);
  let drift = 0;
  return Array.from({ length: count }, (_, t) => {
    drift = 0.4 * drift + noise * (random() + random() + random() - 1.5);
    return { t, y: 30 + slope * t + drift };
  });
}

describe("theilSen", () => {
  it("is exact on a line", () => {
    expect(theilSen([0, 1, 2, 5, 9].map((t) => ({ t, y: 3 - 2 * t })))).toBeCloseTo(-2, 12);
  });

  it("is not moved by a fifth of wild samples", () => {
    const points = series(50, 0.5, 0.01, 3).map((point, at) => (at % 5 === 0 ? { ...point, y: 900 } : point));
    expect(theilSen(points)).toBeCloseTo(0.5, 1);
  });
});

describe("estimateSlope", () => {
  it("gives the same bounds for the same seed", () => {
    const points = series(40, 0.1, 1, 5);
    expect(estimateSlope(points, 9)).toEqual(estimateSlope(points, 9));
  });

  it("has the slope within its bounds", () => {
    const { slope, lower, upper } = estimateSlope(series(60, 0.2, 0.5, 11));
    expect(lower).toBeLessThan(slope);
    expect(upper).toBeGreaterThan(slope);
  });

  it("tells where its line passes", () => {
    const { middle } = estimateSlope(Array.from({ length: 41 }, (_, t) => ({ t, y: 7 + 2 * t })));
    expect(middle.t).toBeCloseTo(20);
    expect(middle.y).toBeCloseTo(47);
  });

  it("seldom calls flat noise a rise", () => {
    const runs = Array.from(
      { length: 60 },
      (_, seed) => estimateSlope(series(40, 0, 1, seed + 1)).lower > 0.02,
    );
    expect(runs.filter(Boolean).length).toBeLessThanOrEqual(6);
  });

  it("finds a rise that noise half hides", () => {
    const runs = Array.from(
      { length: 60 },
      (_, seed) => estimateSlope(series(40, 0.1, 1, seed + 1)).lower > 0,
    );
    expect(runs.filter(Boolean).length).toBeGreaterThanOrEqual(57);
  });

  it("tells a rise from one step, wherever that is", () => {
    const rising = estimateSlope(series(45, 0.1, 0.5, 3));
    expect(doesRise(rising, 0.02)).toBe(true);
    expect(doesRise(rising, 0.2)).toBe(false);
    for (const at of [10, 15, 22, 30]) {
      const step = series(45, 0, 0.1, 4).map(({ t, y }) => ({ t, y: t < at ? y : y + 5 }));
      const estimate = estimateSlope(step);
      expect(doesRise(estimate, 0.02)).toBe(false);
    }
  });

  it("thins a long series without moving its slope", () => {
    expect(estimateSlope(series(1000, 0.01, 0.5, 2)).slope).toBeCloseTo(0.01, 3);
  });

  it("refuses a series too short to have a slope", () => {
    expect(() => estimateSlope(series(MIN_POINTS - 1, 1, 0, 1))).toThrow(/points: 11/);
  });
});
