/** What can be wrong with a stream of messages: one code a damaged message, in the order in which they are checked. */
export const FAULT_CODES = [
  "invalid_magic",
  "payload_too_large",
  "truncated_message",
  "checksum_mismatch",
  "unsupported_version",
  "invalid_relay_domain",
  "truncated_tlv",
  "invalid_extended_tlv",
  "payload_size_mismatch",
  "domain_violation",
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

export interface Fault {
  readonly error: FaultCode;
  /** Bytes from the stream's start to the damaged message's header, or to the first byte of garbage. */
  readonly offset: number;
  /** What was found, for a person. */
  readonly detail: string;
}
