/** Amounts as doubles, for what is compared or added up without a BigInt. Only + and *, so the same in every engine. */
import { DECIMALS_UNKNOWN } from "../../protocol/tlv/registry.ts";

const U32 = 2 ** 32;

/** The u128 at these bytes, to a few parts in 2^53. */
export function toNumber(data: DataView, at: number): number {
  return (
    ((data.getUint32(at + 12, true) * U32 + data.getUint32(at + 8, true)) * U32 +
      data.getUint32(at + 4, true)) *
      U32 +
    data.getUint32(at, true)
  );
}

/** 10^decimals, the nearest double; nothing where decimals are unknown. */
export const DECIMALS_TO_DOUBLE: readonly number[] = Array.from({ length: DECIMALS_UNKNOWN }, (_, power) =>
  Number(`1e${power}`),
);
