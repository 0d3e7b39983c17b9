/** How the drawer writes an entity's fields: a label and a kind each, complete by type. */
import type { Amount } from "../../protocol/stream/entities.ts";
import { scaled, utc } from "../format.ts";
import { TEXT } from "../text.ts";

/**
 * - text, count: as it is
 * - hash: hex or an id, monospaced, with a copy button
 * - time: Unix ms, written in UTC
 * - wei: written in gwei where that reads better, the raw beside it
 * - ether: wei, written in whole native tokens
 * - amount: an `Amount`, its exact text with the raw integer beside it
 * - usd, price, ratio, rate: numbers, unrounded
 * - fee: hundredths of a bip, written as per cent
 */
export type FieldKind =
  | "text"
  | "count"
  | "hash"
  | "time"
  | "wei"
  | "ether"
  | "amount"
  | "usd"
  | "price"
  | "ratio"
  | "rate"
  | "fee";

export interface Field {
  label: string;
  kind: FieldKind;
}

/** Without `id` and `seq`, which the drawer's head shows. */
export type Fields<E> = Readonly<Record<Exclude<keyof E, "id" | "seq">, Field>>;

export interface WrittenField {
  key: string;
  label: string;
  /** Exact. */
  text: string;
  /** The integer behind a scaled text. */
  raw: string | null;
  mono: boolean;
  /** What the copy button copies; null where there is nothing worth it. */
  copy: string | null;
}

const MONO: ReadonlySet<FieldKind> = new Set(["hash", "wei", "ether", "amount", "count", "price"]);
const COPIED: ReadonlySet<FieldKind> = new Set(["hash", "wei", "ether", "amount", "count", "price", "usd"]);

/** The entity's fields in the order of the table; a null is a dash. */
export function writeFields(fields: Readonly<Record<string, Field>>, entity: object): WrittenField[] {
  const values = new Map<string, unknown>(Object.entries(entity));
  return Object.entries(fields).map(([key, { label, kind }]) => {
    const value = values.get(key) ?? null;
    const { text, raw } = value === null ? { text: TEXT.drawer.none, raw: null } : write(kind, value);
    const copy = value !== null && COPIED.has(kind) ? text : null;
    return { key, label, text, raw, mono: value !== null && MONO.has(kind), copy };
  });
}

function write(kind: FieldKind, value: unknown): { text: string; raw: string | null } {
  const plain = typeof value === "string" ? value : JSON.stringify(value);
  switch (kind) {
    case "time":
      return { text: typeof value === "number" ? utc(value) : plain, raw: null };
    case "wei":
      return isInteger(plain) ? { text: `${scaled(plain, 9)} gwei`, raw: plain } : { text: plain, raw: null };
    case "ether":
      return isInteger(plain) ? { text: scaled(plain, 18), raw: plain } : { text: plain, raw: null };
    case "amount":
      return isAmount(value) ? { text: value.text ?? value.raw, raw: value.raw } : { text: plain, raw: null };
    case "usd":
      return { text: `$${plain}`, raw: null };
    case "rate":
      return { text: `${plain}${TEXT.drawer.perSecond}`, raw: null };
    case "fee":
      return isInteger(plain) ? { text: `${scaled(plain, 4)} %`, raw: plain } : { text: plain, raw: null };
    case "text":
    case "count":
    case "hash":
    case "price":
    case "ratio":
      return { text: plain, raw: null };
  }
}

function isInteger(text: string): boolean {
  return /^-?[0-9]+$/.test(text);
}

function isAmount(value: unknown): value is Amount {
  return typeof value === "object" && value !== null && "raw" in value && typeof value.raw === "string";
}
