/** Names of symbols: from what trades and pools say, in the alphabet of channel names. For symbols that are new. */
import { readField, toHex } from "../../protocol/tlv/fields.ts";
import { cleanSymbol } from "../dex/symbol.ts";

const ASSET_ID_BYTES = 8;
const MAX_NAME = 96;
/** Text is read from bytes alone. */
const NO_NUMBERS = new DataView(new ArrayBuffer(0));

export interface Named {
  /** As channel names have it. */
  readonly name: string;
  /** For people. */
  readonly title: string;
}

/** By the symbol that an InstrumentInfo told, zero-padded bytes; null where it is empty. */
export function instrumentName(symbol: Uint8Array): Named | null {
  const end = symbol.indexOf(0);
  const used = end < 0 ? symbol : symbol.subarray(0, end);
  if (used.length === 0) return null;
  const text = readField("text32", symbol, NO_NUMBERS, 0) as string;
  const name = escaped(used);
  return { name, title: cleanSymbol(text) ?? name };
}

/** By the asset id, which is the symbol's first 8 ASCII bytes read big-endian; as hex where it is no text. */
export function assetName(low: number, high: number): Named {
  const bytes = new Uint8Array(ASSET_ID_BYTES);
  const data = new DataView(bytes.buffer);
  data.setUint32(0, high);
  data.setUint32(4, low);
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  const isText = used.length > 0 && used.every((byte) => byte > 0x20 && byte < 0x7f);
  const isPadded = bytes.subarray(used.length).every((byte) => byte === 0);
  if (isText && isPadded) return { name: escaped(used), title: String.fromCharCode(...used) };
  const hex = toHex(bytes, 0, ASSET_ID_BYTES);
  return { name: hex, title: hex };
}

/**
 * `BASE/QUOTE@CHAIN`, each side the registry's symbol of a verified token, else its address: what a token says of itself
 * names nothing. null where that is longer than a name may be.
 */
export function pairName(
  chainId: bigint,
  base: string,
  quote: string,
  verified: ReadonlyMap<string, string>,
) {
  const side = (address: string) => verified.get(`${chainId}:${address}`) ?? address;
  const name = `${side(base)}/${side(quote)}@${chainId}`;
  return name.length > MAX_NAME ? null : name;
}

/** A byte that the alphabet has not, and `@`, which only pairs have, is `_` and two hex digits. */
function escaped(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += /[A-Za-z0-9._/-]/.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
  }
  return text;
}
