import { describe, expect, it } from "vitest";
import { tableAction } from "./keyboard.ts";

const at = (cursor: number | null, total = 100) => ({ cursor, total, page: 20 });

describe("tableAction", () => {
  it.each([
    ["ArrowDown", null, 0],
    ["j", 4, 5],
    ["j", 99, 99],
    ["ArrowUp", 0, 0],
    ["k", 4, 3],
    ["k", null, 0],
    ["PageDown", 4, 23],
    ["PageDown", 90, 99],
    ["PageUp", 30, 11],
    ["PageUp", null, 0],
    ["Home", 50, 0],
    ["End", null, 99],
  ])("%s from %s moves to %s", (key, cursor, to) => {
    expect(tableAction(key, at(cursor))).toEqual({ kind: "move", to });
  });

  it("opens the row under the cursor, and nothing without one", () => {
    expect(tableAction("Enter", at(3))).toEqual({ kind: "open" });
    expect(tableAction("Enter", at(null))).toBeNull();
  });

  it("goes to the filter, also of an empty table", () => {
    expect(tableAction("/", at(null, 0))).toEqual({ kind: "filter" });
  });

  it("leaves other keys, and an empty table, alone", () => {
    expect(tableAction("x", at(3))).toBeNull();
    expect(tableAction("j", at(null, 0))).toBeNull();
  });

  it("moves by one at least where no row fits", () => {
    expect(tableAction("PageDown", { cursor: 1, total: 9, page: 0 })).toEqual({ kind: "move", to: 2 });
  });
});
