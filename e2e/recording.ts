/** The bundled recording, read by the codec alone: what the page must show is worked out from it without the model. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RecordingManifest } from "../protocol/recording/manifest.ts";
import type { MainChannel } from "../protocol/stream/channels.ts";
import { decodeMessage, type KnownTlv, type Tlv } from "../protocol/tlv/decode.ts";
import { StreamDecoder } from "../protocol/tlv/stream-decoder.ts";
import { MessageView } from "../protocol/tlv/view.ts";

export const RECORDING = join(import.meta.dirname, "..", "recordings", "lab.tlv.gz");

/** Those that change all the time while it is replayed. */
export const BUSY_CHANNELS: readonly MainChannel[] = ["tx.main", "pool.main", "pool.state", "chain.main"];

/** Options under which the server replays it once, within about so many seconds, and then stands still. */
export function replayedOnce(seconds: number): string[] {
  const manifest = readFileSync(RECORDING.replace(/\.tlv\.gz$/, ".json"), "utf8");
  const { from_unix_ms, to_unix_ms } = JSON.parse(manifest) as RecordingManifest;
  const speed = (to_unix_ms - from_unix_ms) / 1000 / seconds;
  return ["--recording", RECORDING, "--no-loop", "--speed", String(speed)];
}

/** The bytes of its messages, in order. */
export function recordedMessages(): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const decoder = new StreamDecoder({
    onMessage: ({ bytes, start, end }) => messages.push(bytes.slice(start, end)),
    onFault: (fault) => {
      throw new Error(`${RECORDING}: ${fault.error} at ${fault.offset}`);
    },
  });
  decoder.push(gunzipSync(readFileSync(RECORDING)));
  decoder.end();
  return messages;
}

/** Writes a recording of its own from some of the messages. */
function writeRecording(path: string, messages: readonly Uint8Array[]): void {
  writeFileSync(path, Buffer.concat(messages));
}

/**
 * Options under which the server replays the recording's first `messages` within about so many seconds, and then stands
 * still: less work than the whole, where a test needs only that it streams. They are kept in a file at `path`.
 */
export function beginningReplayed(path: string, messages: readonly Uint8Array[], seconds: number): string[] {
  writeRecording(path, messages);
  const view = new MessageView();
  const [from = 0, to = 0] = [messages[0], messages.at(-1)].map((bytes) =>
    bytes === undefined ? 0 : view.attach(bytes).seek(0, bytes.length).timestampMs,
  );
  return ["--recording", path, "--no-loop", "--speed", String((to - from) / 1000 / seconds)];
}

/** What a swap's row must show, exactly. */
export interface ExpectedSwap {
  amount_in: string;
  amount_out: string;
}

/** Every swap of the recording by the id of its row. */
export function expectedSwaps(messages: readonly Uint8Array[]): Map<string, ExpectedSwap> {
  const expected = new Map<string, ExpectedSwap>();
  const view = new MessageView();
  for (const bytes of messages) {
    const { tlvs } = decodeMessage(view.attach(bytes).seek(0, bytes.length));
    const swap = tlvs.find((tlv) => isNamed(tlv, "PoolSwap"));
    const place = tlvs.find((tlv) => isNamed(tlv, "Provenance"));
    if (swap === undefined || place === undefined) continue;
    expected.set(`${place.chain_id}:${place.block_hash}:${place.log_index}`, {
      amount_in: decimal(swap.amount_in, swap.amount_in_decimals),
      amount_out: decimal(swap.amount_out, swap.amount_out_decimals),
    });
  }
  return expected;
}

function isNamed<N extends KnownTlv["name"]>(tlv: Tlv, name: N): tlv is Extract<KnownTlv, { name: N }> {
  return tlv.name === name;
}

/** raw / 10^decimals in full, without trailing zeros. */
function decimal(raw: bigint, decimals: number): string {
  const unit = 10n ** BigInt(decimals);
  const fraction = (raw % unit).toString().padStart(decimals, "0").replace(/0+$/, "");
  return fraction === "" ? `${raw / unit}` : `${raw / unit}.${fraction}`;
}
