/**
 * What a node's refusal is about. The codes are hardly agreed upon (-32005 is a rate limit here and too many results
 * there), so the words count too: those of geth, erigon, Infura, Alchemy, QuickNode, Ankr and Chainstack.
 */

/** EIP-1474's "limit exceeded", HTTP's "too many requests", and what providers took for it. */
const RATE_CODES: ReadonlySet<number> = new Set([429, -32_005, -32_007, -32_029, -32_097]);
const RATE_WORDS = /rate.?limit|too many requests|request (count|limit)|requests per|compute units|\b429\b/i;
const SIZE_WORDS = /results?\b|response size|block range|range (is )?too|blocks? (range|distance)/i;

/** Does the node ask for fewer requests? */
export function rateLimited(code: number | null, message: string): boolean {
  if (RATE_WORDS.test(message)) return true;
  return code !== null && RATE_CODES.has(code) && !SIZE_WORDS.test(message);
}
