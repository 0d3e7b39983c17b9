/** Symbols are chosen by contracts, so by anybody: what could hide or reorder text on a page is taken out. */

/** Controls, soft hyphen, bidirectional marks and overrides, zero-width characters, line separators, tags. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The symbol as it may be shown; null where nothing of it is left. At most 32 characters, as its field has 32 bytes. */
export function cleanSymbol(symbol: string): string | null {
  const shown = symbol.replace(HIDDEN, "").trim();
  return shown === "" ? null : shown;
}
