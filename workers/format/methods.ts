/** Methods of contracts, by their selectors. */
import { type Column, column } from "./columns.ts";

/** Selectors that most traffic has, by the signature that they are the hash of. */
const METHODS: Readonly<Record<string, string>> = {
  "0xa9059cbb": "transfer",
  "0x23b872dd": "transferFrom",
  "0x095ea7b3": "approve",
  "0x38ed1739": "swapExactTokensForTokens",
  "0x8803dbee": "swapTokensForExactTokens",
  "0x7ff36ab5": "swapExactETHForTokens",
  "0x18cbafe5": "swapExactTokensForETH",
  "0x4a25d94a": "swapTokensForExactETH",
  "0xfb3bdb41": "swapETHForExactTokens",
  "0x414bf389": "exactInputSingle",
  "0x04e45aaf": "exactInputSingle",
  "0xc04b8d59": "exactInput",
  "0xb858183f": "exactInput",
  "0xdb3e2198": "exactOutputSingle",
  "0x5023b4df": "exactOutputSingle",
  "0xac9650d8": "multicall",
  "0x5ae401dc": "multicall",
  "0x3593564c": "execute",
  "0x24856bc3": "execute",
};

/** A selector by its method's name, both in the title. */
export function method<E>(get: (entity: E) => string | null): Column<E> {
  return column(
    "text",
    get,
    (selector) => {
      const name = METHODS[selector];
      return name === undefined ? { text: selector } : { text: name, title: `${name} ${selector}` };
    },
    (selector) => (METHODS[selector] ?? selector).toLowerCase(),
  );
}

/** For the filter. */
export function methodName(selector: string | null): string | null {
  return selector === null ? null : (METHODS[selector] ?? null);
}
