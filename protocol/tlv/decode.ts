/** The exact face: a whole message as an object that loses nothing. Allocates; the hot path reads a MessageView. */
import { type FieldValue, readField, toHex } from "./fields.ts";
import { domainName } from "./header.ts";
import { LAYOUT_BY_TYPE, type PayloadFields, type PayloadName } from "./layout.ts";
import { type DomainName, PROTOCOL_VERSION } from "./registry.ts";
import type { MessageView } from "./view.ts";

/** A type without a layout, passed on with its bytes as 0x hex. */
export interface UnknownTlv {
  readonly type: number;
  readonly name: "Unknown";
  readonly length: number;
  readonly bytes: string;
}

export type KnownTlv = { [N in PayloadName]: { type: number; name: N } & PayloadFields<N> }[PayloadName];
export type Tlv = KnownTlv | UnknownTlv;

/** Keys are in the order of the NDJSON form. */
export interface Message {
  domain: DomainName;
  version: typeof PROTOCOL_VERSION;
  source: number;
  flags: number;
  sequence: bigint;
  timestamp_ns: bigint;
  /** `absent`: the sender computed none. A decoded message's checksum never fails. */
  checksum: "ok" | "absent";
  /** The first is the event, those after it its companions. */
  tlvs: Tlv[];
}

export function decodeMessage(view: MessageView): Message {
  const tlvs: Tlv[] = [];
  for (let more = view.firstTlv(); more; more = view.nextTlv()) tlvs.push(decodeTlv(view));
  return {
    domain: domainName(view.domain),
    version: PROTOCOL_VERSION,
    source: view.source,
    flags: view.flags,
    sequence: view.sequence,
    timestamp_ns: view.timestampNs,
    checksum: view.checksum === 0 ? "absent" : "ok",
    tlvs,
  };
}

/** The view's current TLV. */
export function decodeTlv(view: MessageView): Tlv {
  const { type, valueStart, valueLength } = view;
  const layout = LAYOUT_BY_TYPE[type];
  if (layout === undefined) {
    return {
      type,
      name: "Unknown",
      length: valueLength,
      bytes: toHex(view.bytes, valueStart, valueStart + valueLength),
    };
  }
  const tlv: Record<string, FieldValue> = { type, name: layout.name };
  for (const field of layout.fields) {
    if (!field.isPad)
      tlv[field.name] = readField(field.kind, view.bytes, view.data, valueStart + field.offset);
  }
  return tlv as Tlv;
}
