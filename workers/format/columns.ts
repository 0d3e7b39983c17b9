/**
 * What a column is made of: how its cell reads and what it sorts by. A missing value reads "–" and sorts last in either
 * direction. Header and unit are the page's.
 */
import type { Amount } from "../../protocol/stream/entities.ts";
import type { Cell, SortDirection } from "../api.ts";
import { decimalKey, group, plain, scale, shorten } from "./decimal.ts";
import { cleanText } from "./text.ts";

export type Key = number | string | null;

/** What a cell may show beyond its own entity. */
export interface Context {
  /** Number of the chain's newest block as decimal text; null while unknown. */
  headBlock(chainId: number): string | null;
}

export interface Column<Entity> {
  cell(entity: Entity, context: Context): Cell;
  key(entity: Entity, context: Context): Key;
  /** How two keys that are not null compare. */
  order: "number" | "text";
  /** The cell changes with the context though the entity does not. */
  live?: true;
}

type Get<Entity, Value> = (entity: Entity) => Value | null;

export const MISSING: Cell = { text: "–" };

/** Significant digits of an amount and of a price. */
const AMOUNT_DIGITS = 8;
const PRICE_DIGITS = 7;

export function comparator(
  order: Column<never>["order"],
  direction: SortDirection,
): (a: Key, b: Key) => number {
  const sign = direction === "asc" ? 1 : -1;
  const compare = COMPARE[order] as (a: Key, b: Key) => number;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return sign * compare(a, b);
  };
}

const COMPARE = {
  number: (a: number, b: number) => a - b,
  text: (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0),
};

/** A column of values that are missing where `get` gives null. */
export function column<Entity, Value>(
  order: Column<Entity>["order"],
  get: Get<Entity, Value>,
  show: (value: Value, entity: Entity) => Cell,
  key: (value: Value) => Exclude<Key, null>,
): Column<Entity> {
  return {
    order,
    cell(entity) {
      const value = get(entity);
      return value === null ? MISSING : show(value, entity);
    },
    key(entity) {
      const value = get(entity);
      return value === null ? null : key(value);
    },
  };
}

/** Words: a status, a kind, a name. Sorted without regard to case. */
export function words<E>(get: Get<E, string>): Column<E> {
  return column(
    "text",
    get,
    (value) => ({ text: cleanText(value) }),
    (value) => value.toLowerCase(),
  );
}

/** "12:03:04.567", the date in the title; UTC. */
export function time<E>(get: Get<E, number>): Column<E> {
  return column("number", get, timeCell, (value) => value);
}

/**
 * The same column with equal values in the order of their ids, so that rows keep their places while they change; without
 * it the one that changed last comes first.
 */
export function steady<E extends { id: string }>(base: Column<E>): Column<E> {
  return {
    ...base,
    order: "text",
    key(entity, context) {
      const value = base.key(entity, context);
      if (value === null) return null;
      const text = typeof value === "number" ? decimalKey(plain(value)) : value;
      return `${text} ${entity.id}`;
    },
  };
}

function timeCell(unixMs: number): Cell {
  const date = new Date(unixMs);
  if (Number.isNaN(date.getTime())) return { text: `${unixMs} ms` };
  const iso = date.toISOString();
  return { text: iso.slice(-13, -1), title: iso };
}

/** "0x1234…abcd", the whole in the title. */
export function hex<E>(get: Get<E, string>): Column<E> {
  return column("text", get, shortHex, (value) => value);
}

function shortHex(value: string): Cell {
  return value.length <= 12
    ? { text: value }
    : { text: `${value.slice(0, 6)}…${value.slice(-4)}`, title: value };
}

/** An integer's decimal text, grouped: a block, a nonce, a liquidity. */
export function integer<E>(get: Get<E, string>): Column<E> {
  return column("text", get, (value) => decimalCell(value, AMOUNT_DIGITS, ""), decimalKey);
}

/** A small integer that is a name rather than a quantity: not grouped. `known` says what it is called. */
export function code<E>(get: Get<E, number>, known: Readonly<Record<number, string>>): Column<E> {
  return column(
    "number",
    get,
    (value) => withTitle(String(value), known[value]),
    (value) => value,
  );
}

export function count<E>(get: Get<E, number>): Column<E> {
  return column(
    "number",
    get,
    (value) => ({ text: groupInteger(String(value)) }),
    (value) => value,
  );
}

/** A decimal integer over 10^decimals, such as wei in ether or in gwei. */
export function scaled<E>(get: Get<E, string>, decimals: number, unit: string): Column<E> {
  return column("text", get, (value) => decimalCell(scale(value, decimals), AMOUNT_DIGITS, unit), decimalKey);
}

/** A float: a price, a rate. `fixed`: so many places, else significant digits. */
export function float<E>(get: Get<E, number>, fixed?: number): Column<E> {
  return column(
    "number",
    get,
    (value) => (fixed === undefined ? priceCell(value) : fixedCell(value, fixed)),
    (value) => value,
  );
}

/** A decimal text: a volume. */
export function decimal<E>(get: Get<E, string>): Column<E> {
  return column("text", get, (value) => decimalCell(value, AMOUNT_DIGITS, ""), decimalKey);
}

/** A price as decimal text. */
export function price<E>(get: Get<E, string>): Column<E> {
  return column("text", get, (value) => decimalCell(value, PRICE_DIGITS, ""), decimalKey);
}

/** US dollars to the cent. What is less than a cent and not nothing says so. */
export function usd<E>(get: Get<E, number>): Column<E> {
  return column("number", get, usdCell, (value) => value);
}

/** A share of one as percent with two decimals and its sign, "+1.25 %". `title`: what it is of. */
export function signed<E>(get: Get<E, number>, title: (entity: E) => string): Column<E> {
  return column(
    "number",
    get,
    (value, entity) => {
      const { text } = fixedCell(value * 100, 2);
      return { text: `${value > 0 ? "+" : ""}${text} %`, title: title(entity) };
    },
    (value) => value,
  );
}

/** A share of one as percent with `places` decimals. */
export function percent<E>(get: Get<E, number>, places: number): Column<E> {
  return column(
    "number",
    get,
    (value) => {
      const { text } = fixedCell(value * 100, places);
      return { text: `${text} %`, title: `${plain(value)} of 1` };
    },
    (value) => value,
  );
}

/** An amount with its token's symbol. Without decimals the raw units, said to be so. */
export function amount<E>(get: Get<E, Amount>, symbol: (entity: E) => string | null): Column<E> {
  return column(
    "text",
    get,
    (value, entity) => amountCell(value, symbol(entity)),
    (value) => decimalKey(value.text ?? value.raw),
  );
}

export function amountCell(value: Amount, symbol: string | null): Cell {
  if (value.text !== null)
    return decimalCell(value.text, AMOUNT_DIGITS, symbol === null ? "" : cleanText(symbol));
  const { text } = shorten(value.raw, AMOUNT_DIGITS);
  return { text: `${text} raw`, title: `${value.raw} raw units, decimals unknown` };
}

function decimalCell(exact: string, digits: number, unit: string): Cell {
  const short = shorten(exact, digits);
  const tail = unit === "" ? "" : ` ${unit}`;
  // An exponent is exact but hard to read: the title has the digits.
  if (short.exact && !short.text.includes("e")) return { text: short.text + tail };
  return { text: short.text + tail, title: exact + tail };
}

function priceCell(value: number): Cell {
  return Number.isFinite(value) ? decimalCell(plain(value), PRICE_DIGITS, "") : MISSING;
}

function fixedCell(value: number, places: number): Cell {
  if (!Number.isFinite(value)) return MISSING;
  const [whole, fraction] = plain(Number(value.toFixed(places)))
    .replace("-", "")
    .split(".") as [string, string?];
  const sign = value < 0 ? "-" : "";
  const tail = places === 0 ? "" : `.${(fraction ?? "").padEnd(places, "0")}`;
  const text = `${sign}${group(whole)}${tail}`;
  const exact = plain(value);
  return exact.length > text.replaceAll(",", "").length ? { text, title: exact } : { text };
}

function usdCell(value: number): Cell {
  const cell = fixedCell(value, 2);
  if (value === 0 || Math.abs(value) >= 0.005 || !Number.isFinite(value)) return cell;
  return { text: value > 0 ? "<0.01" : ">-0.01", title: plain(value) };
}

function groupInteger(digits: string): string {
  return digits.startsWith("-") ? `-${group(digits.slice(1))}` : group(digits);
}

function withTitle(text: string, title: string | undefined): Cell {
  return title === undefined ? { text } : { text, title };
}
