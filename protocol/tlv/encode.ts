/** One message from its exact form, canonical: pads zero, the extended form only for values over 255 bytes. */
import { messageChecksum } from "./crc32.ts";
import { describe, fromHex, writeField } from "./fields.ts";
import {
  DEFAULT_MAX_PAYLOAD_BYTES,
  EXTENDED_MARKER,
  EXTENDED_TLV_HEADER_BYTES,
  HEADER,
  SHORT_TLV_HEADER_BYTES,
  SHORT_VALUE_MAX_BYTES,
  VALUE_MAX_BYTES,
} from "./header.ts";
import { LAYOUT_LIST, type Layout, type PayloadFields, type PayloadName } from "./layout.ts";
import { DOMAIN, type DomainName, HEADER_BYTES, MAGIC, PROTOCOL_VERSION } from "./registry.ts";

export type TlvInit =
  | { [N in PayloadName]: { name: N } & PayloadFields<N> }[PayloadName]
  | { name: "Unknown"; type: number; bytes: string };

export interface MessageInit {
  domain: DomainName;
  /** 0..255 */
  source: number;
  /** 0..255, default 0 */
  flags?: number;
  sequence: bigint;
  timestamp_ns: bigint;
  /** `absent` writes 0, "not computed". Default ok. */
  checksum?: "ok" | "absent";
  tlvs: TlvInit[];
}

const LAYOUT_BY_NAME = new Map<string, Layout>(LAYOUT_LIST.map((layout) => [layout.name, layout]));

/** A message's bytes. Throws RangeError naming the field (`tlvs[0].amount_in`) when a value does not fit. */
export function encodeMessage(message: MessageInit): Uint8Array {
  const values = message.tlvs.map((tlv, index) => encodeValue(tlv, `tlvs[${index}]`));
  const payloadSize = values.reduce((sum, { value }) => sum + tlvHeaderBytes(value.length) + value.length, 0);
  if (payloadSize > DEFAULT_MAX_PAYLOAD_BYTES) {
    throw new RangeError(`tlvs: ${payloadSize} bytes are over ${DEFAULT_MAX_PAYLOAD_BYTES}`);
  }
  const bytes = new Uint8Array(HEADER_BYTES + payloadSize);
  const data = new DataView(bytes.buffer);
  data.setUint32(HEADER.magic, MAGIC, true);
  bytes[HEADER.domain] = DOMAIN[message.domain];
  bytes[HEADER.version] = PROTOCOL_VERSION;
  bytes[HEADER.source] = checkByte("source", message.source);
  bytes[HEADER.flags] = checkByte("flags", message.flags ?? 0);
  data.setBigUint64(HEADER.sequence, checkU64("sequence", message.sequence), true);
  data.setBigUint64(HEADER.timestamp_ns, checkU64("timestamp_ns", message.timestamp_ns), true);
  data.setUint32(HEADER.payload_size, payloadSize, true);

  let position = HEADER_BYTES;
  for (const { type, value } of values) {
    const headerBytes = tlvHeaderBytes(value.length);
    if (headerBytes === SHORT_TLV_HEADER_BYTES) {
      bytes[position] = type;
      bytes[position + 1] = value.length;
    } else {
      bytes[position] = EXTENDED_MARKER;
      bytes[position + 2] = type;
      data.setUint16(position + 3, value.length, true);
    }
    bytes.set(value, position + headerBytes);
    position += headerBytes + value.length;
  }
  if (message.checksum !== "absent")
    data.setUint32(HEADER.checksum, messageChecksum(data, 0, bytes.length), true);
  return bytes;
}

function tlvHeaderBytes(valueLength: number): number {
  return valueLength > SHORT_VALUE_MAX_BYTES ? EXTENDED_TLV_HEADER_BYTES : SHORT_TLV_HEADER_BYTES;
}

function encodeValue(tlv: TlvInit, path: string): { type: number; value: Uint8Array } {
  if (tlv.name === "Unknown") {
    const value = fromHex(tlv.bytes);
    if (value === null)
      throw new RangeError(`${path}.bytes: expected 0x and hex digits, got ${describe(tlv.bytes)}`);
    if (value.length > VALUE_MAX_BYTES)
      throw new RangeError(`${path}.bytes: ${value.length} bytes are over ${VALUE_MAX_BYTES}`);
    return { type: checkByte(`${path}.type`, tlv.type), value };
  }
  const layout = LAYOUT_BY_NAME.get(tlv.name);
  if (layout === undefined) throw new RangeError(`${path}.name: no type is called ${describe(tlv.name)}`);
  const value = new Uint8Array(layout.size);
  const data = new DataView(value.buffer);
  const fields = tlv as unknown as Record<string, unknown>;
  for (const field of layout.fields) {
    if (field.isPad) continue;
    try {
      writeField(field, value, data, field.offset, fields[field.name]);
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`${path}.${field.name}: ${error.message}`);
      throw error;
    }
  }
  return { type: layout.type, value };
}

function checkByte(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 255)
    throw new RangeError(`${name}: ${describe(value)} is not in 0..255`);
  return value;
}

function checkU64(name: string, value: bigint): bigint {
  if (typeof value !== "bigint" || value < 0n || value > 0xffffffffffffffffn) {
    throw new RangeError(`${name}: ${describe(value)} is not a u64 bigint`);
  }
  return value;
}
