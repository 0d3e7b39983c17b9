import { expect, it } from "vitest";
import { places, priceText, volumeText } from "./price.ts";

it.each([
  [2995.3521, 2, "2,995.35"],
  [0.004982404, 8, "0.00498240"],
  [63_827.5, 1, "63,827.5"],
  [1_234_567.8, 0, "1,234,568"],
  [-3.25, 5, "-3.25000"],
  [0, 2, "0.00"],
  [1e-15, 12, "0.000000000000"],
])("writes %d to %d places", (price, count, text) => {
  expect(places(price)).toBe(count);
  expect(priceText(price, count)).toBe(text);
});

it("takes what is no number for a price of nothing", () => {
  expect(places(Number.NaN)).toBe(2);
  expect(places(Number.POSITIVE_INFINITY)).toBe(2);
});

it("writes volumes to five digits", () => {
  expect(volumeText(12_345.678)).toBe("12,346");
  expect(volumeText(0.001234567)).toBe("0.0012346");
});
