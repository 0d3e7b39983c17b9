/** What a connection subscribes to: `T.*` for every symbol, `T.SYMBOL` for one. */
import { FIREHOSE_LIMITS } from "./limits.ts";

const ALL = "T.*";
const ONE = /^T\.[\x21-\x2b\x2d-\x7e]{1,32}$/;

/** Subscriptions from their text, with commas between. Null where one of them is none, or they are too many. */
export function readSubscriptions(text: string): string[] | null {
  const names = text.split(",").map((name) => name.trim());
  return names.length <= FIREHOSE_LIMITS.subscriptions_count && names.every((name) => ONE.test(name))
    ? names
    : null;
}

/** Does one of them take the symbol's trades? */
export function takes(subscriptions: ReadonlySet<string>, symbol: string): boolean {
  return subscriptions.has(ALL) || subscriptions.has(`T.${symbol}`);
}
