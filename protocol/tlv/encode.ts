/** One message from its exact form, canonical: pads zero, the extended form only for values over 255 bytes. */
import { explainTlv, walkTlvs } from "./check.ts";
import { describe, fromHex, writeField } from "./fields.ts";
import { VALUE_MAX_BYTES } from "./header.ts";
import { LAYOUT_LIST, type Layout, type PayloadFields, type PayloadName } from "./layout.ts";
import { DOMAIN, type DomainName, HEADER_BYTES } from "./registry.ts";
import { MessageWriter } from "./writer.ts";

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

export const LAYOUT_BY_NAME = new Map<string, Layout>(LAYOUT_LIST.map((layout) => [layout.name, layout]));

const writer = new MessageWriter();

/**
 * A message's bytes. Throws RangeError naming the field (`tlvs[0].amount_in`) where a value does not fit, or `tlvs` where
 * they may not stand in this domain.
 */
export function encodeMessage(message: MessageInit): Uint8Array {
  const domain = DOMAIN[message.domain];
  writer.begin(domain, byte(message.source, "source"), byte(message.flags ?? 0, "flags"));
  writer.sequence(u64(message.sequence, "sequence")).timestampNs(u64(message.timestamp_ns, "timestamp_ns"));
  message.tlvs.forEach(appendTlv);
  const bytes = writer.finish(message.checksum).slice();
  const stopped = walkTlvs(bytes, HEADER_BYTES, bytes.length, domain);
  if (stopped < 0) {
    throw new RangeError(`tlvs: ${explainTlv(bytes, HEADER_BYTES, bytes.length, domain, ~stopped).detail}`);
  }
  return bytes;
}

function appendTlv(tlv: TlvInit, index: number): void {
  if (tlv.name === "Unknown") {
    const value = typeof tlv.bytes === "string" ? fromHex(tlv.bytes) : null;
    if (value === null || value.length > VALUE_MAX_BYTES) {
      const expected = `expected 0x and the hex digits of at most ${VALUE_MAX_BYTES} bytes`;
      throw new RangeError(`tlvs[${index}].bytes: ${expected}, got ${describe(tlv.bytes)}`);
    }
    const position = writer.tlv(byte(tlv.type, `tlvs[${index}].type`), value.length);
    writer.bytes.set(value, position);
    return;
  }
  const layout = LAYOUT_BY_NAME.get(tlv.name);
  if (layout === undefined) {
    throw new RangeError(
      `tlvs[${index}].name: ${describe((tlv as { name: unknown }).name)} is no type's name`,
    );
  }
  const position = writer.tlv(layout.type);
  const values = tlv as unknown as Readonly<Record<string, unknown>>;
  for (const field of layout.fields) {
    if (field.isPad) continue;
    try {
      writeField(field, writer.bytes, writer.data, position + field.offset, values[field.name]);
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`tlvs[${index}].${field.name}: ${error.message}`);
      throw error;
    }
  }
}

function byte(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= 255) return value;
  throw new RangeError(`${name}: ${describe(value)} is not in 0..255`);
}

function u64(value: bigint, name: string): bigint {
  if (typeof value === "bigint" && value >= 0n && value < 2n ** 64n) return value;
  throw new RangeError(`${name}: ${describe(value)} is not a bigint in 0..2^64 - 1`);
}
