/** Are a message's TLVs whole, of their tables' sizes and allowed in its relay domain? */
import type { FaultCode } from "./faults.ts";
import {
  EXTENDED_MARKER,
  EXTENDED_TLV_HEADER_BYTES,
  mayAccompany,
  mayOpen,
  SHORT_TLV_HEADER_BYTES,
} from "./header.ts";
import { LAYOUT_LIST } from "./layout.ts";

export interface TlvFault {
  readonly error: FaultCode;
  readonly detail: string;
}

/** Size of each type's value; -1 where any will do. */
export const FIXED_SIZE = new Int32Array(256).fill(-1);
for (const layout of LAYOUT_LIST) FIXED_SIZE[layout.type] = layout.size;

/** The first fault among the TLVs in [start, end) of `bytes`, or null. Never reads past `end`. */
export function checkTlvs(bytes: Uint8Array, start: number, end: number, domain: number): TlvFault | null {
  let position = start;
  while (position < end) {
    let type = bytes[position] as number;
    let valueStart = position + SHORT_TLV_HEADER_BYTES;
    let length: number;
    if (type === EXTENDED_MARKER) {
      if (position + 1 < end && bytes[position + 1] !== 0) {
        return { error: "invalid_extended_tlv", detail: `reserved byte is ${bytes[position + 1]}, not 0` };
      }
      valueStart = position + EXTENDED_TLV_HEADER_BYTES;
      type = bytes[position + 2] as number;
      length = (bytes[position + 3] as number) | ((bytes[position + 4] as number) << 8);
    } else {
      length = bytes[position + 1] as number;
    }
    if (valueStart > end || valueStart + length > end) {
      const missing = valueStart > end ? "header" : `value of ${length} bytes`;
      return {
        error: "truncated_tlv",
        detail: `the ${missing} of the TLV at byte ${position - start} of the payload runs past the message`,
      };
    }
    const size = FIXED_SIZE[type] as number;
    if (size >= 0 && size !== length) {
      return { error: "payload_size_mismatch", detail: `type ${type} has ${length} bytes, not ${size}` };
    }
    if (!(position === start ? mayOpen(type, domain) : mayAccompany(type, domain))) {
      return {
        error: "domain_violation",
        detail: `type ${type} may not ${position === start ? "open" : "accompany"} a message of relay domain ${domain}`,
      };
    }
    position = valueStart + length;
  }
  return null;
}
