/**
 * Shapes of what the server sends, checked by hand: the schemas' compiled validators need `unsafe-eval`, which a strict
 * Content-Security-Policy forbids. A test holds these equal to the schemas in protocol/stream/messages.ts.
 *
 * Each check takes a parsed JSON value and gives the name of the first field that is wrong, or null.
 */
export type Fields = Record<string, unknown>;
type Check = (value: unknown) => boolean;

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isString: Check = (value) => typeof value === "string";
export const isBoolean: Check = (value) => typeof value === "boolean";
export const isInteger: Check = (value) => Number.isInteger(value);
export const isAtLeast =
  (minimum: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= minimum;
export const isCount = isAtLeast(0);
export const isSeq: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
export const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    allowed.includes(value as string);
export const arrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
export const recordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);

/** Rows: the hot one, so one loop without a call a row. Fields other than `id` and `seq` are for the formatters. */
export const areRows: Check = (value) => {
  if (!Array.isArray(value)) return false;
  for (const row of value as Fields[]) {
    if (typeof row !== "object" || row === null || typeof row.id !== "string") return false;
    if (!Number.isSafeInteger(row.seq) || (row.seq as number) < 0) return false;
  }
  return true;
};

export type Shape = { readonly [field: string]: Check | Shape };

/** Path of the first field that is not as the shape says; null when all are. */
export function faultIn(value: unknown, shape: Shape, path = ""): string | null {
  if (!isObject(value)) return path || "the frame";
  for (const field of Object.keys(shape)) {
    const check = shape[field]!;
    const at = path === "" ? field : `${path}.${field}`;
    if (typeof check === "function") {
      if (!check(value[field])) return at;
    } else {
      const fault = faultIn(value[field], check, at);
      if (fault !== null) return fault;
    }
  }
  return null;
}
