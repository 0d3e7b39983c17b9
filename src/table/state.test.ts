import { describe, expect, it } from "vitest";
import type { Connection, ViewFrame } from "../../workers/api.ts";
import { CONNECTIONS, statusIn } from "../testing/statuses.ts";
import { tableState } from "./state.ts";

function frame(total: number, held: number): ViewFrame {
  return { view: "x", total, held, start: 0, rows: [], newer: 0 };
}

describe("tableState", () => {
  it("shows rows whatever the connection, as long as there are any", () => {
    for (const state of Object.keys(CONNECTIONS) as Connection["state"][]) {
      expect(tableState(statusIn(state), frame(1, 1))).toBe("rows");
    }
  });

  it("tells a filter without a match from a channel without rows", () => {
    expect(tableState(statusIn("live"), frame(0, 12))).toBe("no-match");
    expect(tableState(statusIn("live"), frame(0, 0))).toBe("empty");
  });

  it("does not call a table empty before anything came", () => {
    expect(tableState(null, undefined)).toBe("loading");
    expect(tableState(statusIn("connecting"), frame(0, 0))).toBe("loading");
    expect(tableState(statusIn("asleep"), undefined)).toBe("loading");
    expect(tableState(statusIn("live"), undefined)).toBe("loading");
  });

  it("says that there is no connection where there are no rows either", () => {
    expect(tableState(statusIn("reconnecting"), frame(0, 0))).toBe("disconnected");
    expect(tableState(statusIn("unreachable"), frame(0, 0))).toBe("disconnected");
    expect(tableState(statusIn("failed"), undefined)).toBe("disconnected");
  });
});
