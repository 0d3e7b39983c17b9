/** The Tick message: the fold's clock, as the writer of a log puts it there. */
import { encodeMessage } from "../protocol/tlv/encode.ts";
import { SOURCE } from "../protocol/tlv/registry.ts";

const NS_PER_MS = 1_000_000n;

/** @param unix_ms whole milliseconds */
export function tickMessage(unix_ms: number, sequence: bigint): Uint8Array {
  return encodeMessage({
    domain: "system",
    source: SOURCE.dashboard,
    sequence,
    timestamp_ns: BigInt(unix_ms) * NS_PER_MS,
    tlvs: [{ name: "Tick", unix_ms: BigInt(unix_ms) }],
  });
}
