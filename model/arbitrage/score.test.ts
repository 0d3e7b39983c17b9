import { describe, expect, it } from "vitest";
import { scoreOf } from "./score.ts";

const NOTHING = {
  net_profit_usd: 0.5,
  required_capital_usd: 1e9,
  gas_cost_usd: 10,
  spread_bps: 1,
  method: "signal",
  isCapped: false,
} as const;
const points = (fields: Partial<Parameters<typeof scoreOf>[0]>) => scoreOf({ ...NOTHING, ...fields });

describe("the score", () => {
  it.each([
    [{ net_profit_usd: 1_000, gas_cost_usd: 1e9 }, 40, "net over $1,000"],
    [{ net_profit_usd: 999.99, gas_cost_usd: 1e9 }, 30, "net over $100"],
    [{ net_profit_usd: 99.99, gas_cost_usd: 1e9 }, 20, "net over $10"],
    [{ net_profit_usd: 9.99 }, 10, "net over $1"],
    [{ required_capital_usd: 50 }, 20, "returns over 1 %"],
    [{ required_capital_usd: 51 }, 12, "returns over 0.3 %"],
    [{ required_capital_usd: 500 }, 6, "returns over 0.1 %"],
    [{ gas_cost_usd: 0.05 }, 15, "net over 10 times its gas"],
    [{ gas_cost_usd: 0.16 }, 10, "net over 3 times its gas"],
    [{ gas_cost_usd: 0.5 }, 5, "net over its gas"],
    [{ spread_bps: 100 }, 10, "spread over 1 %"],
    [{ spread_bps: 99 }, 5, "spread over 0.3 %"],
    [{ method: "closed-form" }, 15, "exact to the unit"],
    [{ method: "single-tick" }, 10, "exact inside the tick range"],
    [{ method: "single-tick", isCapped: true }, 5, "capped at the edge of a tick range"],
  ] as const)("of %o is %d more, for: %s", (fields, score, reason) => {
    const told = points(fields);
    expect(told.score).toBe(score);
    expect(told.reasons).toContain(reason);
  });

  it("of nothing good is 0, of all that is good 100, with a reason a part", () => {
    expect(points({})).toEqual({ score: 0, reasons: ["as its sender says"] });
    const best = points({
      net_profit_usd: 1e6,
      required_capital_usd: 1,
      spread_bps: 1e6,
      method: "closed-form",
    });
    expect(best.score).toBe(100);
    expect(best.reasons).toHaveLength(5);
  });

  it("takes a signal's capital of nothing for no return", () => {
    expect(points({ required_capital_usd: 0 }).reasons).toEqual(["as its sender says"]);
  });
});
