/**
 * How good an opportunity is, 0 to 100, by a table that a reader can check: of each part the first line that holds counts,
 * and says why. docs/opportunities.md shows the same table.
 */
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";

interface Figures {
  readonly net_profit_usd: number;
  readonly required_capital_usd: number;
  readonly gas_cost_usd: number;
  readonly spread_bps: number;
  readonly method: OpportunityEntity["method"];
  readonly isCapped: boolean;
}

type Line = readonly [points: number, reason: string, holds: (figures: Figures) => boolean];

const nets = (usd: number) => (figures: Figures) => figures.net_profit_usd >= usd;
const returns = (bps: number) => (figures: Figures) =>
  figures.required_capital_usd > 0 && figures.net_profit_usd * 10_000 >= figures.required_capital_usd * bps;
const pays = (times: number) => (figures: Figures) => figures.net_profit_usd >= figures.gas_cost_usd * times;
const spreads = (bps: number) => (figures: Figures) => figures.spread_bps >= bps;

const SCORE_PARTS: readonly (readonly Line[])[] = [
  [
    [40, "net over $1,000", nets(1_000)],
    [30, "net over $100", nets(100)],
    [20, "net over $10", nets(10)],
    [10, "net over $1", nets(1)],
  ],
  [
    [20, "returns over 1 %", returns(100)],
    [12, "returns over 0.3 %", returns(30)],
    [6, "returns over 0.1 %", returns(10)],
  ],
  [
    [15, "net over 10 times its gas", pays(10)],
    [10, "net over 3 times its gas", pays(3)],
    [5, "net over its gas", pays(1)],
  ],
  [
    [10, "spread over 1 %", spreads(100)],
    [5, "spread over 0.3 %", spreads(30)],
  ],
  [
    [15, "exact to the unit", ({ method }) => method === "closed-form"],
    [5, "capped at the edge of a tick range", ({ isCapped }) => isCapped],
    [10, "exact inside the tick range", ({ method }) => method === "single-tick"],
    [0, "as its sender says", () => true],
  ],
];

export function scoreOf(figures: Figures): { score: number; reasons: string[] } {
  let score = 0;
  const reasons: string[] = [];
  for (const part of SCORE_PARTS) {
    const line = part.find(([, , holds]) => holds(figures));
    if (line === undefined) continue;
    score += line[0];
    reasons.push(line[1]);
  }
  return { score, reasons };
}
