/** JSON whose integers may be larger than a float holds, as ethereum-etl writes amounts in wei. */

/** Texts and numbers, so that digits inside a text are left alone. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** 2^53 has 16 digits: what has fewer is exact. */
const LARGE_INTEGER = /^-?\d{16,}$/;

/** As JSON.parse, but integers of 16 digits and more become their decimal text. Throws SyntaxError. */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(TOKEN, (token) => (LARGE_INTEGER.test(token) ? `"${token}"` : token)));
}
