import { expect, it } from "vitest";
import { askedRange } from "./range.ts";

it("asks for the screen and as much on both sides while it stands", () => {
  expect(askedRange(1000, 40, 0)).toEqual({ start: 920, end: 1120 });
});

it("starts with the first row", () => {
  expect(askedRange(10, 40, 0)).toEqual({ start: 0, end: 130 });
});

it("reaches further where it is heading, up or down", () => {
  expect(askedRange(1000, 40, 2)).toEqual({ start: 920, end: 1320 });
  expect(askedRange(1000, 40, -2)).toEqual({ start: 720, end: 1120 });
});

it("reaches no further than its bound", () => {
  expect(askedRange(1000, 40, 1000)).toEqual({ start: 920, end: 1720 });
});
