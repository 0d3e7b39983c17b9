/** What a trade's conditions let it move, by table: one look-up a condition. */
import { SALE_CONDITIONS } from "./sale-conditions.ts";

/** Bits. */
export const MOVES = { range: 1, ends: 2, volume: 4, all: 7 } as const;

const CODES = 256;
/** TradeMeta.tape: A and B are the CTA's, C is the UTP's. Any other has no conditions that are known here. */
const TAPES = 4;

const TABLE = new Uint8Array(TAPES * CODES).fill(MOVES.all);
for (const { code, cta, utp, high_low, last, volume } of SALE_CONDITIONS) {
  const moves = (high_low ? MOVES.range : 0) | (last ? MOVES.ends : 0) | (volume ? MOVES.volume : 0);
  if (cta !== null) for (const tape of [1, 2]) TABLE[tape * CODES + code] = moves;
  if (utp !== null) TABLE[3 * CODES + code] = moves;
}

/** Moves that a condition of a tape allows; one that the table has not takes nothing away. */
export function movesOf(tape: number, code: number): number {
  return tape < TAPES ? (TABLE[tape * CODES + code] as number) : MOVES.all;
}
