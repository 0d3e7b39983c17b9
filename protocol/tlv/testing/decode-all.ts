/** Whole streams through the decoder, for tests. */
import { Buffer } from "node:buffer";
import type { Fault } from "../faults.ts";
import { StreamDecoder, type StreamDecoderOptions } from "../stream-decoder.ts";
import type { MessageView } from "../view.ts";

export interface Outcome {
  /** Each message's bytes as hex, so that outcomes compare. */
  messages: string[];
  offsets: number[];
  faults: Fault[];
}

/** Decodes `bytes` cut at `cuts` (lengths of the chunks, repeated as needed; default: one chunk). */
export function decodeAll(
  bytes: Uint8Array,
  cuts: readonly number[] = [bytes.length || 1],
  options: Partial<Pick<StreamDecoderOptions, "maxPayloadBytes" | "checksums">> & {
    onMessage?: (view: MessageView) => void;
  } = {},
): Outcome {
  const outcome: Outcome = { messages: [], offsets: [], faults: [] };
  const decoder = new StreamDecoder({
    ...options,
    onMessage: (view, offset) => {
      outcome.messages.push(Buffer.from(view.bytes.subarray(view.start, view.end)).toString("hex"));
      outcome.offsets.push(offset);
      options.onMessage?.(view);
    },
    onFault: (fault) => outcome.faults.push(fault),
  });
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const length = Math.max(1, cuts[turn % cuts.length] ?? 1);
    // A copy, wiped after use: whoever keeps a reference to the chunk is caught.
    const chunk = bytes.slice(at, at + length);
    decoder.push(chunk);
    chunk.fill(0xee);
    at += length;
  }
  decoder.end();
  return outcome;
}
