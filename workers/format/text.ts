/** Text from strangers: symbols and names come from contracts that anybody can deploy. */

const MOST_UNITS = 32;
/** Control, format and bidi characters, line and paragraph separators: they could hide text or reorder its neighbours. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Without what could mislead the eye, at most 32 UTF-16 units. */
export function cleanText(text: string): string {
  const clean = text.replace(UNSAFE, "");
  if (clean.length <= MOST_UNITS) return clean;
  const cut = clean.slice(0, MOST_UNITS - 1);
  // Not through the middle of a surrogate pair.
  return `${cut.replace(/[\uD800-\uDBFF]$/, "")}…`;
}
