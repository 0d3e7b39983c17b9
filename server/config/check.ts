/** A value against a schema, with errors as one line that names the key's path: `chains[1].endpoints[0]`. */
import type { TSchema } from "typebox";
import type { Validator } from "typebox/compile";

/** Longest part of a path that is shown. */
const MAX_KEY_COUNT = 64;

/** A path's form in messages. */
export function childPath(path: string, part: string | number): string {
  const key = typeof part === "number" ? part : part.slice(0, MAX_KEY_COUNT);
  if (typeof key === "number") return `${path}[${key}]`;
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
  if (!isPlain) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** What is wrong first; null where nothing is. Quotes no value: one may be a secret. */
export function firstError(validator: Validator, schema: TSchema, value: unknown): string | null {
  const unknown = unknownKey(schema, value, "");
  if (unknown !== null) return unknown;
  if (validator.Check(value)) return null;
  const errors = validator.Errors(value);
  const [first] = errors;
  if (first === undefined) return "is not as the schema has it";
  const path = pathOf(first.instancePath);
  if (first.keyword === "const") {
    const allowed = errors
      .filter(({ instancePath, keyword }) => keyword === "const" && instancePath === first.instancePath)
      .map(({ params }) => String((params as { allowedValue?: unknown }).allowedValue));
    return `${path}: must be one of ${allowed.join(", ")}`;
  }
  if (first.keyword === "required") {
    const [missing = ""] = (first.params as { requiredProperties?: string[] }).requiredProperties ?? [];
    return `${childPath(path, missing)}: is needed`;
  }
  if (first.keyword === "boolean") return `${path}: no such key`;
  return `${path === "" ? "the file" : path}: ${first.message}`;
}

/** `/chains/1/endpoints/0` as `chains[1].endpoints[0]`. */
function pathOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => childPath(path, /^\d+$/.test(part) ? Number(part) : part), "");
}

interface Shape {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
}

/** The first key that its object may not have, with the nearest that it may. */
function unknownKey(schema: TSchema, value: unknown, path: string): string | null {
  const { properties, items } = schema as Shape;
  if (Array.isArray(value)) {
    if (items === undefined) return null;
    for (const [index, item] of value.entries()) {
      const found = unknownKey(items, item, childPath(path, index));
      if (found !== null) return found;
    }
    return null;
  }
  if (properties === undefined || typeof value !== "object" || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known === undefined) {
      const near = nearest(key, Object.keys(properties));
      return `${childPath(path, key)}: no such key${near === null ? "" : `; did you mean ${near}?`}`;
    }
    const found = unknownKey(known, child, childPath(path, key));
    if (found !== null) return found;
  }
  return null;
}

/** The name that differs least, where it differs by a third of its length or less. */
export function nearest(key: string, names: readonly string[]): string | null {
  const text = key.slice(0, 64).toLowerCase();
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = editDistance(text, name.toLowerCase());
    if (distance < least && distance <= Math.max(1, Math.ceil(name.length / 3))) {
      least = distance;
      best = name;
    }
  }
  return best;
}

/** Letters to insert, remove or replace to make one of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] as number) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
