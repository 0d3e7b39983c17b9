import { describe, expect, it } from "vitest";
import { Random } from "./random.ts";

const draws = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

describe("Random", () => {
  it("gives the same stream to the same seed and name, and another to any other", () => {
    const stream = draws(new Random(1, "whale"), 20);
    expect(draws(new Random(1, "whale"), 20)).toEqual(stream);
    expect(draws(new Random(2, "whale"), 20)).not.toEqual(stream);
    expect(draws(new Random(1, "retail"), 20)).not.toEqual(stream);
  });

  it("is even over [0, 1)", () => {
    const values = draws(new Random(3, "even"), 20_000);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const tenths = new Array<number>(10).fill(0);
    for (const value of values) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it("draws magnitudes evenly on a logarithmic scale", () => {
    const random = new Random(4, "magnitude");
    const values = Array.from({ length: 4_000 }, () => random.magnitude(10, 1_000));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...values)).toBeLessThanOrEqual(1_000);
    expect(Math.abs(values.filter((value) => value < 100).length - 2_000)).toBeLessThan(200);
  });

  it("says when there is nothing to pick from", () => {
    expect(() => new Random(1, "none").pick([])).toThrow("nothing to pick from");
  });
});
