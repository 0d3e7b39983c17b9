/** Offsets in the 32-byte message header, the forms of a TLV's header, and the limits of sizes. */
import { DOMAIN, type DomainName } from "./registry.ts";

export const HEADER = {
  magic: 0,
  domain: 4,
  version: 5,
  source: 6,
  flags: 7,
  sequence: 8,
  timestamp_ns: 16,
  payload_size: 24,
  checksum: 28,
} as const;

/** In the type byte of a TLV: `255, 0, type u8, length u16, value`. */
export const EXTENDED_MARKER = 255;
export const SHORT_TLV_HEADER_BYTES = 2;
export const EXTENDED_TLV_HEADER_BYTES = 5;
/** Longest value of a short TLV. */
export const SHORT_VALUE_MAX_BYTES = 255;
/** Longest value at all. */
export const VALUE_MAX_BYTES = 65_535;

export const DEFAULT_MAX_PAYLOAD_BYTES = 1024 * 1024;
/** No decoder may be set to accept more. */
export const HIGHEST_MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

const DOMAIN_NAMES = Object.keys(DOMAIN) as DomainName[];

/** `1 -> "market_data"`; a decoded message's domain is always one of the four. */
export function domainName(domain: number): DomainName {
  const name = DOMAIN_NAMES.find((candidate) => DOMAIN[candidate] === domain);
  if (name === undefined) throw new RangeError(`domain: ${domain} is not a relay domain`);
  return name;
}
