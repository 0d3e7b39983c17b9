/** A recording file as decoded messages. */
import { readFile } from "node:fs/promises";
import { Recording } from "../../protocol/recording/reader.ts";
import { unpackRecording } from "../../protocol/recording/unpack.ts";
import { decodeMessage, type KnownTlv, type Message } from "../../protocol/tlv/decode.ts";
import type { PayloadName } from "../../protocol/tlv/layout.ts";

export interface Recorded {
  readonly recording: Recording;
  readonly messages: readonly Message[];
}

export type Payload<N extends PayloadName> = Extract<KnownTlv, { name: N }>;

export async function readRecorded(path: string): Promise<Recorded> {
  const recording = new Recording(await unpackRecording(await readFile(path)));
  const messages = Array.from({ length: recording.count }, (_, i) => decodeMessage(recording.message(i)));
  return { recording, messages };
}

/** The event of each message that has one of that name, in order. */
export function eventsOf<N extends PayloadName>(messages: readonly Message[], name: N): Payload<N>[] {
  return messages.flatMap(({ tlvs: [event] }) => (event?.name === name ? [event as Payload<N>] : []));
}

export function companionOf<N extends PayloadName>({ tlvs }: Message, name: N): Payload<N> | undefined {
  return tlvs.slice(1).find((tlv) => tlv.name === name) as Payload<N> | undefined;
}
