import { expect, it } from "vitest";
import { type Column, markOf } from "./columns.ts";

const column: Column = { label: "Change", title: "", width: 80, align: "end" };

it("marks a text by what it says", () => {
  const marks = { open: { tone: "good", glyph: "●" } } as const;
  expect(markOf({ ...column, marks }, "open")).toEqual(marks.open);
  expect(markOf({ ...column, marks }, "closed")).toBeUndefined();
  expect(markOf(column, "+1 %")).toBeUndefined();
});

it("marks a figure that rose or fell by its sign", () => {
  const signed = { ...column, signed: true } as const;
  expect(markOf(signed, "+1.25 %")).toEqual({ tone: "good" });
  expect(markOf(signed, "-0.30 %")).toEqual({ tone: "bad" });
  expect(markOf(signed, "0.00 %")).toBeUndefined();
  expect(markOf(signed, "–")).toBeUndefined();
});
