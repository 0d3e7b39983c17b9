/** A name for every TLV type that is counted by itself: few enough that hostile input cannot grow the list. */
import { LAYOUT_BY_TYPE } from "./layout.ts";

/** Types of the execution domain have no table here: they are passed on, and counted by number. Both ends included. */
const NUMBERED = [
  { name: "execution", first: 40, last: 59 },
  { name: "portfolio", first: 60, last: 79 },
] as const;

/** `PoolSwap`, `execution 42`, `portfolio 60`; null for a type that is neither in the tables nor of those ranges. */
export function typeName(type: number): string | null {
  const layout = LAYOUT_BY_TYPE[type];
  if (layout !== undefined) return layout.name;
  const range = NUMBERED.find(({ first, last }) => first <= type && type <= last);
  return range === undefined ? null : `${range.name} ${type}`;
}
