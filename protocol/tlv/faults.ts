/** What can be wrong with a stream of messages: one fault a damaged message, in the order in which they are checked. */
export const FAULTS = {
  invalid_magic: "bytes that are no header where one is due; a run of garbage is one fault",
  payload_too_large: "payload_size is over the limit (1 MiB unless set, 16 MiB at most)",
  truncated_message:
    "the stream ended inside the message, or a live socket left it incomplete for too long (250 ms)",
  checksum_mismatch:
    "a checksum other than 0 that does not hold; also at the stream's end, where whole messages follow inside the span " +
    "that the size claims and most of that span is there: the size lies, the stream was not cut",
  unsupported_version: "version is not 1",
  invalid_relay_domain: "relay_domain is not in 1..4",
  truncated_tlv: "a TLV runs past its message",
  invalid_extended_tlv: "the reserved byte of an extended TLV is not 0",
  payload_size_mismatch: "a type with a table has another length than the table's",
  domain_violation: "a TLV's type is reserved or may not open, or accompany, a message of this relay domain",
} as const;

export type FaultCode = keyof typeof FAULTS;

export const FAULT_CODES = Object.keys(FAULTS) as readonly FaultCode[];

export interface Fault {
  readonly error: FaultCode;
  /** Bytes from the stream's start to the damaged message's header, or to the first byte of garbage. */
  readonly offset: number;
  /** What was found, for a person. */
  readonly detail: string;
}
