/** For tests: numbered messages of any relay's domain. */
import { encodeMessage } from "../../../protocol/tlv/encode.ts";
import { HEADER } from "../../../protocol/tlv/header.ts";
import { SOURCE } from "../../../protocol/tlv/registry.ts";
import type { MessageView } from "../../../protocol/tlv/view.ts";
import type { RelayDomain } from "../domain.ts";

/** Types of each domain that have no layout. */
const TYPES: Readonly<Record<RelayDomain, number>> = { market_data: 9, signal: 25, execution: 45 };

export interface NumberedOptions {
  readonly domain?: RelayDomain;
  /** Bytes of the value, 8 or more. */
  readonly bytes?: number;
  readonly checksum?: "ok" | "absent";
}

/** Message `n`, told by its header's sequence. */
export function numbered(n: number, options: NumberedOptions = {}): Uint8Array {
  const { domain = "market_data", bytes = 8, checksum = "ok" } = options;
  const value = n.toString(16).padStart(2 * bytes, "0");
  return encodeMessage({
    domain,
    source: SOURCE.polygon,
    sequence: BigInt(n),
    timestamp_ns: 0n,
    checksum,
    tlvs: [{ name: "Unknown", type: TYPES[domain], bytes: `0x${value}` }],
  });
}

/** Messages `from` to `to`, both with them. */
export function numberedRun(from: number, to: number, options?: NumberedOptions): Uint8Array[] {
  return Array.from({ length: to - from + 1 }, (_, index) => numbered(from + index, options));
}

/** A copy of the message with a bit of its last byte changed: its checksum does not hold. */
export function flipped(message: Uint8Array): Uint8Array {
  const copy = message.slice();
  copy[copy.length - 1] = (copy.at(-1) as number) ^ 1;
  return copy;
}

export function numberOf(message: Uint8Array): number {
  return Number(new DataView(message.buffer, message.byteOffset).getBigUint64(HEADER.sequence, true));
}

export function bytesOf(view: MessageView): Uint8Array {
  return new Uint8Array(view.bytes.subarray(view.start, view.end));
}
