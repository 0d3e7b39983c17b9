/** Are a message's TLVs whole, of their tables' sizes and allowed in its relay domain? */
import type { FaultCode } from "./faults.ts";
import { EXTENDED_MARKER, EXTENDED_TLV_HEADER_BYTES, SHORT_TLV_HEADER_BYTES } from "./header.ts";
import { LAYOUT_LIST } from "./layout.ts";
import { DOMAIN } from "./registry.ts";

const ANY_SIZE = -1;
const FIXED_SIZE = new Int32Array(256).fill(ANY_SIZE);
for (const layout of LAYOUT_LIST) FIXED_SIZE[layout.type] = layout.size;

/** Size of a type's value; `undefined` where any will do. */
export function fixedSize(type: number): number | undefined {
  const size = FIXED_SIZE[type] as number;
  return size === ANY_SIZE ? undefined : size;
}

/** Bit d: the type may open, or accompany, a message of relay domain d. No bit: the type is reserved. */
const OPENS = new Uint8Array(256);
const ACCOMPANIES = new Uint8Array(256);

function allow(types: readonly [first: number, last: number], opens: number[], accompanies: number[]): void {
  const bits = (domains: number[]) => domains.reduce((sum, domain) => sum | (1 << domain), 0);
  OPENS.fill(bits(opens), types[0], types[1] + 1);
  ACCOMPANIES.fill(bits(accompanies), types[0], types[1] + 1);
}

const { market_data, signal, execution, system } = DOMAIN;
const every = [market_data, signal, execution, system];
allow([1, 19], [market_data], [market_data]);
allow([20, 39], [signal], [signal]);
allow([40, 79], [execution], [execution]);
allow([100, 119], [system], every);
allow([200, 254], [market_data, system], every);

/**
 * Walks the TLVs of the message payload at [start, end) from `from`, where a TLV begins, until one begins at or after
 * `until`; returns where that is, or ~position of the first TLV with a fault. Never reads past `end`.
 */
export function walkTlvs(
  bytes: Uint8Array,
  start: number,
  end: number,
  domain: number,
  from: number = start,
  until: number = end,
): number {
  const domainBit = 1 << domain;
  let position = from;
  while (position < until) {
    let type = bytes[position] as number;
    let length = bytes[position + 1] as number;
    let next = position + SHORT_TLV_HEADER_BYTES + length;
    if (type === EXTENDED_MARKER) {
      if (position + EXTENDED_TLV_HEADER_BYTES > end || length !== 0) return ~position;
      type = bytes[position + 2] as number;
      length = (bytes[position + 3] as number) | ((bytes[position + 4] as number) << 8);
      next = position + EXTENDED_TLV_HEADER_BYTES + length;
    }
    // Negated, because `next` is NaN where the length lies past the buffer.
    if (!(next <= end)) return ~position;
    const size = FIXED_SIZE[type] as number;
    if (size !== length && size !== ANY_SIZE) return ~position;
    if (((position === start ? OPENS : ACCOMPANIES)[type]! & domainBit) === 0) return ~position;
    position = next;
  }
  return position;
}

export interface TlvFault {
  readonly error: FaultCode;
  readonly detail: string;
}

/** What is wrong with the TLV at `position`, at which `walkTlvs` stopped with a fault. */
export function explainTlv(
  bytes: Uint8Array,
  start: number,
  end: number,
  domain: number,
  position: number,
): TlvFault {
  const at = `at byte ${position - start} of the payload`;
  let type = bytes[position] as number;
  let headerBytes = SHORT_TLV_HEADER_BYTES;
  if (type === EXTENDED_MARKER) {
    const reserved = bytes[position + 1] as number;
    if (position + 1 < end && reserved !== 0) {
      return { error: "invalid_extended_tlv", detail: `TLV ${at}: its reserved byte is ${reserved}, not 0` };
    }
    headerBytes = EXTENDED_TLV_HEADER_BYTES;
  }
  const left = end - position;
  if (left < headerBytes) {
    return { error: "truncated_tlv", detail: `TLV ${at}: ${left} of its header's ${headerBytes} bytes` };
  }
  let length = bytes[position + 1] as number;
  if (type === EXTENDED_MARKER) {
    type = bytes[position + 2] as number;
    length = (bytes[position + 3] as number) | ((bytes[position + 4] as number) << 8);
  }
  const name = `TLV of type ${type} ${at}`;
  if (left < headerBytes + length) {
    return {
      error: "truncated_tlv",
      detail: `${name}: ${left - headerBytes} of its value's ${length} bytes`,
    };
  }
  const size = fixedSize(type);
  if (size !== undefined && size !== length) {
    return { error: "payload_size_mismatch", detail: `${name}: ${length} bytes, not ${size}` };
  }
  const role = position === start ? "open" : "accompany";
  return {
    error: "domain_violation",
    detail: `${name}: may not ${role} a message of relay domain ${domain}`,
  };
}
