/** How the drawer writes an entity's fields: a label and a kind each, complete by type. */
import { CHAIN_NAMES } from "../../protocol/chain-names.ts";
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
 * - usd_q8: US dollars times 10^8
 * - fee: hundredths of a bip, written as per cent; bps: hundredths of a per cent, likewise
 * - duration: milliseconds, written in seconds
 * - chain: an id, with the chain's name where it is known
 * - flag: yes or no
 * - list: texts, one under the other
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
  | "usd_q8"
  | "price"
  | "ratio"
  | "rate"
  | "fee"
  | "bps"
  | "duration"
  | "chain"
  | "flag"
  | "list";

/** A record has fields of its own. */
export type Field =
  | { label: string; kind: FieldKind }
  | { label: string; kind: "record"; fields: Readonly<Record<string, Field>> };

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
  /** What stands in its place: items of a list, or fields of a record. */
  inner: readonly string[] | readonly WrittenField[] | null;
}

const MONO: ReadonlySet<string> = new Set(["hash", "wei", "ether", "amount", "count", "price", "usd_q8"]);
const COPIED: ReadonlySet<string> = new Set([...MONO, "usd"]);

/** The entity's fields in the order of the table; a null is a dash. */
export function writeFields(fields: Readonly<Record<string, Field>>, entity: object): WrittenField[] {
  const values = new Map<string, unknown>(Object.entries(entity));
  return Object.entries(fields).map(([key, field]) => {
    const { label, kind } = field;
    const value = values.get(key) ?? null;
    const written = { key, label, raw: null, mono: false, copy: null, inner: null };
    if (value === null) return { ...written, text: TEXT.drawer.none };
    if (kind === "record") {
      const inner = typeof value === "object" ? writeFields(field.fields, value) : null;
      return { ...written, text: inner === null ? plainText(value) : "", inner };
    }
    if (kind === "list") {
      const inner = Array.isArray(value) ? value.map(plainText) : [plainText(value)];
      return { ...written, text: inner.length === 0 ? TEXT.drawer.none : "", inner };
    }
    const { text, raw } = write(kind, value);
    return { ...written, text, raw, mono: MONO.has(kind), copy: COPIED.has(kind) ? text : null };
  });
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function write(kind: Exclude<FieldKind, "list">, value: unknown): { text: string; raw: string | null } {
  const plain = plainText(value);
  const integer = (text: string) => (isInteger(plain) ? { text, raw: plain } : { text: plain, raw: null });
  switch (kind) {
    case "time":
      return { text: typeof value === "number" ? utc(value) : plain, raw: null };
    case "wei":
      return integer(`${scaled(plain, 9)} gwei`);
    case "ether":
      return integer(scaled(plain, 18));
    case "amount":
      return isAmount(value) ? { text: value.text ?? value.raw, raw: value.raw } : { text: plain, raw: null };
    case "usd":
      return { text: `$${plain}`, raw: null };
    case "usd_q8":
      return integer(`$${scaled(plain, 8)}`);
    case "rate":
      return { text: `${plain}${TEXT.drawer.perSecond}`, raw: null };
    case "fee":
      return integer(`${scaled(plain, 4)} %`);
    case "bps":
      return { text: isInteger(plain) ? `${scaled(plain, 2)} %` : plain, raw: null };
    case "duration":
      return { text: isInteger(plain) ? `${scaled(plain, 3)} s` : plain, raw: null };
    case "chain": {
      const name = CHAIN_NAMES[Number(plain)];
      return { text: name === undefined ? plain : `${name} (${plain})`, raw: null };
    }
    case "flag":
      return { text: value === true ? TEXT.drawer.yes : value === false ? TEXT.drawer.no : plain, raw: null };
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
