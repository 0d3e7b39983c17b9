/**
 * A frame of the firehose: one JSON array of items of several kinds (`ev`). Numbers keep their decimal text, for a float
 * would round prices and sizes.
 */
import { isLosslessNumber, parse } from "lossless-json";

/** An item's fields by their keys; numbers are LosslessNumber. */
export type Item = Readonly<Record<string, unknown>>;

export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** The items of a frame's text. Throws FrameError with what is wrong; then none of it is to be used. */
export function readItems(text: string): readonly Item[] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    // Nested too deep it is a RangeError, else a SyntaxError with its place.
    throw new FrameError(`not JSON: ${(error as Error).message.slice(0, 120)}`);
  }
  if (!Array.isArray(value)) throw new FrameError("expected an array of items");
  return value.map((item: unknown, index) => {
    if (typeof item === "object" && item !== null && !Array.isArray(item) && !isLosslessNumber(item)) {
      return item as Item;
    }
    throw new FrameError(`item ${index}: expected an object`);
  });
}

/** The decimal text of a number, or of a string that should be one (`ds` comes as such); null for anything else. */
export function numberText(value: unknown): string | null {
  if (isLosslessNumber(value)) return value.value;
  return typeof value === "string" ? value : null;
}

/** An integer within the bounds; null for anything else. */
export function integer(value: unknown, low: number, high: number): number | null {
  const text = isLosslessNumber(value) ? value.value : "";
  const number = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return number >= low && number <= high ? number : null;
}
