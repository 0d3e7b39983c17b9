import { expect, it } from "vitest";
import { ARBITRAGE_OPTIONS, type ArbitrageConfig, readArbitrageOptions } from "./options.ts";

const names = Object.keys(ARBITRAGE_OPTIONS) as (keyof ArbitrageConfig)[];

it("nothing told is the defaults, which lie in their bounds", () => {
  const config = readArbitrageOptions({});
  for (const name of names) {
    const { default: usual, low, high } = ARBITRAGE_OPTIONS[name];
    expect(config[name]).toBe(usual);
    expect(usual >= low && usual <= high).toBe(true);
  }
  expect(Object.keys(config)).toEqual(names);
});

it.each(names)("%s is held to its bounds, which it may take", (name) => {
  const { low, high } = ARBITRAGE_OPTIONS[name];
  expect(readArbitrageOptions({ [name]: low })[name]).toBe(low);
  expect(readArbitrageOptions({ [name]: high })[name]).toBe(high);
  for (const value of [low - 1, high + 1, low + 0.5, Number.NaN]) {
    expect(() => readArbitrageOptions({ [name]: value })).toThrow(`arbitrage.${name}: ${value} is not`);
  }
});
