/** The selectors in a transaction's calldata. Calldata is anybody's bytes: every offset in it is checked. */
import { WORD_DIGITS } from "./abi.ts";

const SELECTOR_DIGITS = 8;
const NO_SELECTOR = "0".repeat(SELECTOR_DIGITS);
/** How many selectors the Transaction TLV has room for. */
const MAX_INNER = 4;
/** A calldata offset or length has so many digits at most; anything above is out of bounds anyway. */
const OFFSET_DIGITS = 8;

/** Multicalls, by selector: which argument holds the calls as `bytes[]`. */
const CALLS_ARGUMENT: ReadonlyMap<string, number> = new Map([
  ["ac9650d8", 0], // multicall(bytes[])
  ["5ae401dc", 1], // multicall(uint256 deadline, bytes[])
  ["1f0464d1", 1], // multicall(bytes32 previousBlockhash, bytes[])
]);

/** A word as an offset in bytes; null where the digits end before it or the number is beyond any calldata. */
function offsetAt(digits: string, at: number): number | null {
  const word = digits.slice(2 * at, 2 * at + WORD_DIGITS);
  if (word.length < WORD_DIGITS || !/^0*$/.test(word.slice(0, -OFFSET_DIGITS))) return null;
  return Number.parseInt(word.slice(-OFFSET_DIGITS), 16);
}

/** First four inner call selectors, `0x` and 32 digits; zeros where there are fewer or the call list is damaged. */
function innerSelectors(selector: string, args: string): string {
  const argument = CALLS_ARGUMENT.get(selector);
  const selectors: string[] = [];
  const list = argument === undefined ? null : offsetAt(args, 32 * argument);
  const count = list === null ? null : offsetAt(args, list);
  if (list !== null && count !== null) {
    for (let index = 0; index < Math.min(count, MAX_INNER); index++) {
      const call = offsetAt(args, list + 32 + 32 * index);
      const length = call === null ? null : offsetAt(args, list + 32 + call);
      if (call === null || length === null) break;
      const start = 2 * (list + 32 + call + 32);
      const first = length < 4 ? "" : args.slice(start, start + SELECTOR_DIGITS);
      selectors.push(first.length === SELECTOR_DIGITS ? first : NO_SELECTOR);
    }
  }
  while (selectors.length < MAX_INNER) selectors.push(NO_SELECTOR);
  return `0x${selectors.join("")}`;
}

export interface Calldata {
  readonly length: number;
  /** `0x` and 8 digits, zeros where the calldata has fewer than four bytes. */
  readonly selector: string;
  /** `0x` and 32 digits: of a multicall, its first four calls. */
  readonly inner: string;
}

/** @param input 0x lower-case hex */
export function readCalldata(input: string): Calldata {
  const digits = input.slice(2);
  const hasSelector = digits.length >= SELECTOR_DIGITS;
  const selector = hasSelector ? digits.slice(0, SELECTOR_DIGITS) : NO_SELECTOR;
  return {
    length: digits.length / 2,
    selector: `0x${selector}`,
    inner: innerSelectors(hasSelector ? selector : "", digits.slice(SELECTOR_DIGITS)),
  };
}
