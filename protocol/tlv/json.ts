/**
 * The NDJSON form: one message a line, keys in the table's order, u64 and wider as decimal strings. A message whose bytes
 * differ from its canonical encoding (pads that are not zero, the extended form for a short value, text that is not
 * UTF-8) also has `raw`, all its bytes as 0x hex, and is written from it; so bytes -> line -> bytes is the identity.
 */
import { decodeMessage, type Message } from "./decode.ts";
import { encodeMessage, LAYOUT_BY_NAME, type MessageInit, type TlvInit } from "./encode.ts";
import { describe, fromHex, isWide, toHex } from "./fields.ts";
import { DOMAIN, PROTOCOL_VERSION } from "./registry.ts";
import { StreamDecoder } from "./stream-decoder.ts";
import type { MessageView } from "./view.ts";

/** The line of the view's message, without a line break. */
export function messageToJson(view: MessageView): string {
  const message = decodeMessage(view);
  const json = isCanonical(message, view)
    ? message
    : { ...message, raw: toHex(view.bytes, view.start, view.end) };
  return JSON.stringify(json, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function isCanonical(message: Message, view: MessageView): boolean {
  try {
    const encoded = encodeMessage(message);
    return (
      encoded.length === view.end - view.start &&
      encoded.every((byte, i) => byte === view.bytes[view.start + i])
    );
  } catch (error) {
    // Bytes that are no UTF-8 decode to replacement characters, which may be longer than the field.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

type Json = Readonly<Record<string, unknown>>;

/** A line's message as bytes. Throws RangeError that names the field where the line is not one message. */
export function messageFromJson(line: string): Uint8Array {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new RangeError(`not JSON: ${(error as SyntaxError).message}`);
  }
  const json = asObject(parsed, "message");
  if (json.raw !== undefined) return rawMessage(json.raw);
  if (json.version !== PROTOCOL_VERSION)
    throw invalid("version", `expected ${PROTOCOL_VERSION}`, json.version);
  const { domain, checksum, tlvs } = json;
  if (typeof domain !== "string" || !Object.hasOwn(DOMAIN, domain)) {
    throw invalid("domain", `expected one of ${Object.keys(DOMAIN).join(", ")}`, domain);
  }
  if (checksum !== "ok" && checksum !== "absent")
    throw invalid("checksum", "expected ok or absent", checksum);
  if (!Array.isArray(tlvs)) throw invalid("tlvs", "expected an array", tlvs);
  // encodeMessage checks the rest: whatever a caller of the typed form could get wrong.
  return encodeMessage({
    domain: domain as MessageInit["domain"],
    source: json.source as number,
    flags: json.flags as number,
    sequence: decimal(json.sequence, "sequence"),
    timestamp_ns: decimal(json.timestamp_ns, "timestamp_ns"),
    checksum,
    tlvs: tlvs.map((tlv, index) => tlvFromJson(asObject(tlv, `tlvs[${index}]`), `tlvs[${index}]`)),
  });
}

function tlvFromJson(json: Json, path: string): TlvInit {
  if (json.name === "Unknown") return json as unknown as TlvInit;
  const layout = typeof json.name === "string" ? LAYOUT_BY_NAME.get(json.name) : undefined;
  if (layout === undefined) throw invalid(`${path}.name`, "expected a type's name", json.name);
  if (json.type !== undefined && json.type !== layout.type) {
    throw invalid(`${path}.type`, `expected ${layout.type}, as ${layout.name} is`, json.type);
  }
  const tlv: Record<string, unknown> = { ...json };
  for (const field of layout.fields) {
    if (!field.isPad && isWide(field.kind))
      tlv[field.name] = decimal(json[field.name], `${path}.${field.name}`);
  }
  return tlv as TlvInit;
}

/** The bytes of `raw`, which must be one whole valid message. */
function rawMessage(raw: unknown): Uint8Array {
  const bytes = typeof raw === "string" ? fromHex(raw) : null;
  if (bytes === null) throw invalid("raw", "expected 0x and hex digits", raw);
  let wholeMessages = 0;
  const decoder = new StreamDecoder({
    onMessage: (view) => {
      if (view.end - view.start === bytes.length) wholeMessages++;
    },
    onFault: (fault) => {
      throw new RangeError(`raw: ${fault.error} at byte ${fault.offset}: ${fault.detail}`);
    },
  });
  decoder.push(bytes);
  decoder.end();
  if (wholeMessages !== 1) throw new RangeError("raw: expected one message");
  return bytes;
}

function asObject(value: unknown, path: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(path, "expected an object", value);
  return value as Json;
}

/** Numbers are refused where a decimal string is due: they have lost digits by then. */
function decimal(value: unknown, path: string): bigint {
  if (typeof value !== "string" || !/^-?\d{1,78}$/.test(value))
    throw invalid(path, "expected a decimal string", value);
  return BigInt(value);
}

function invalid(path: string, expected: string, found: unknown): RangeError {
  return new RangeError(`${path}: ${expected}, got ${describe(found)}`);
}
