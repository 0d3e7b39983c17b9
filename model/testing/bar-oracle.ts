/** Bars by their definition, in one plain pass with BigInt: what the fold's are compared with. */

export interface OraclePrint {
  /** Event time, ns since the Unix epoch. */
  ns: bigint;
  price: bigint;
  volume: bigint;
  notional: bigint;
  /** May it move high and low, open and close, the sums? */
  range: boolean;
  ends: boolean;
  counts: boolean;
}

export interface OracleBar {
  start: number;
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  notional: bigint;
  trades: number;
}

/** The bars of prints in the order in which they came, by start. */
export function oracleBars(prints: readonly OraclePrint[], intervalMs: number): OracleBar[] {
  const length = BigInt(intervalMs) * 1_000_000n;
  const buckets = new Map<number, OraclePrint[]>();
  for (const print of prints) {
    const start = Number((print.ns / length) * BigInt(intervalMs));
    buckets.set(start, [...(buckets.get(start) ?? []), print]);
  }
  const bars = [...buckets].map(([start, held]) => {
    const orAll = (list: OraclePrint[]) => (list.length > 0 ? list : held);
    const ranging = orAll(held.filter(({ range }) => range)).map(({ price }) => price);
    // A stable sort leaves equal times in the order in which they came.
    const ending = orAll(held.filter(({ ends }) => ends)).toSorted((a, b) => Number(a.ns - b.ns));
    const sum = (of: (print: OraclePrint) => bigint) =>
      held.reduce((total, print) => total + (print.counts ? of(print) : 0n), 0n);
    return {
      start,
      open: (ending[0] as OraclePrint).price,
      high: ranging.reduce((high, price) => (price > high ? price : high)),
      low: ranging.reduce((low, price) => (price < low ? price : low)),
      close: (ending.at(-1) as OraclePrint).price,
      volume: sum(({ volume }) => volume),
      notional: sum(({ notional }) => notional),
      trades: held.length,
    };
  });
  return bars.toSorted((a, b) => a.start - b.start);
}

/** A ratio of integers rounded half to even, as decimal text. */
export function ratioText(numerator: bigint, denominator: bigint, decimals: number): string {
  const scaled = numerator * 10n ** BigInt(decimals);
  const down = scaled / denominator;
  const twice = 2n * (scaled % denominator);
  const isUp = twice > denominator || (twice === denominator && down % 2n === 1n);
  return decimalText(isUp ? down + 1n : down, decimals);
}

/** An integer of so many decimals as the shortest decimal text. */
export function decimalText(value: bigint, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
