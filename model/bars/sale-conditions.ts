/**
 * Sale conditions of trades on the US consolidated tapes: which of a bar's figures a trade with one may move. Data only.
 *
 * `code` is the number that the firehose gives a condition, and that TradeMeta.conditions carries; `cta` and `utp` are
 * the code of the same condition on tapes A and B (CTA) and on tape C (UTP), null where the tape has none.
 *
 * Source of the rules, columns "Consolidated": CTS Pillar Output Specification, Sale Condition tables (CTA Plan,
 * ctaplan.com), and UTP Trade Data Feed specification, Sale Condition tables (UTP Plan, utpplan.com). "Last" that moves
 * only where it is the one qualifying trade is `false` here, for that is what a bar without a qualifying trade does.
 * Source of the numbers: the firehose vendor's glossary of stock trade conditions.
 */
export interface SaleCondition {
  readonly code: number;
  readonly name: string;
  readonly cta: string | null;
  readonly utp: string | null;
  readonly high_low: boolean;
  readonly last: boolean;
  readonly volume: boolean;
}

type Row = readonly [code: number, name: string, cta: string | null, utp: string | null, rules: string];

/** `rules`: h high and low, l last, v volume. */
const ROWS: readonly Row[] = [
  [0, "Regular Sale", "@", "@", "hlv"],
  [1, "Acquisition", null, "A", "hlv"],
  [2, "Average Price Trade", "B", "W", "v"],
  [3, "Automatic Execution", "E", null, "hlv"],
  [4, "Bunched Trade", null, "B", "hlv"],
  [5, "Bunched Sold Trade", null, "G", "hv"],
  [7, "Cash Sale", "C", "C", "v"],
  [8, "Closing Prints", null, "6", "hlv"],
  [9, "Cross Trade", "X", "X", "hlv"],
  [10, "Derivatively Priced", "4", "4", "hv"],
  [11, "Distribution", null, "D", "hlv"],
  [12, "Form T / Extended Hours", "T", "T", "v"],
  [13, "Extended Hours (Sold Out of Sequence)", "U", "U", "v"],
  [14, "Intermarket Sweep", "F", "F", "hlv"],
  [15, "Market Center Official Close", "M", "M", ""],
  [16, "Market Center Official Open", "Q", "Q", ""],
  [17, "Market Center Opening Trade", "O", null, "hlv"],
  [18, "Market Center Reopening Trade", "5", null, "hlv"],
  [19, "Market Center Closing Trade", "6", null, "hlv"],
  [20, "Next Day", "N", "N", "v"],
  [21, "Price Variation Trade", "H", "H", "v"],
  [22, "Prior Reference Price", "P", "P", "hv"],
  [23, "Rule 155 Trade (AMEX)", "K", "K", "hlv"],
  [24, "Rule 127 Trade (NYSE)", "K", null, "hlv"],
  [25, "Opening Prints", null, "O", "hlv"],
  [27, "Stopped Stock (Regular Trade)", null, "1", "hlv"],
  [28, "Re-Opening Prints", null, "5", "hlv"],
  [29, "Seller", "R", "R", "v"],
  [30, "Sold Last", "L", "L", "hlv"],
  [32, "Sold (Out of Sequence)", "Z", "Z", "hv"],
  [34, "Split Trade", null, "S", "hlv"],
  [36, "Yellow Flag Regular Trade", null, "Y", "hlv"],
  [37, "Odd Lot Trade", "I", "I", "v"],
  [38, "Corrected Consolidated Close", "9", "9", "hl"],
  [52, "Contingent Trade", "V", "V", "v"],
  [53, "Qualified Contingent Trade", "7", "7", "v"],
];

export const SALE_CONDITIONS: readonly SaleCondition[] = ROWS.map(([code, name, cta, utp, rules]) => ({
  code,
  name,
  cta,
  utp,
  high_low: rules.includes("h"),
  last: rules.includes("l"),
  volume: rules.includes("v"),
}));
