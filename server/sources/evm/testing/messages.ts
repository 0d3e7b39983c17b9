/** For tests: what an encoder or a recording said, in exact form. */
import { decodeMessage, type KnownTlv, type Message } from "../../../../protocol/tlv/decode.ts";
import { StreamDecoder } from "../../../../protocol/tlv/stream-decoder.ts";

/** Every message of the bytes; throws on the first damage. */
export function decodeAll(bytes: Uint8Array): Message[] {
  const messages: Message[] = [];
  const decoder = new StreamDecoder({
    onMessage: (view) => messages.push(decodeMessage(view)),
    onFault: (fault) => {
      throw new Error(`${fault.error} at ${fault.offset}: ${fault.detail}`);
    },
  });
  decoder.push(bytes);
  decoder.end();
  return messages;
}

type Named<N extends KnownTlv["name"]> = Extract<KnownTlv, { name: N }>;

/** The events of one name, in order. */
export function eventsOf<N extends KnownTlv["name"]>(messages: readonly Message[], name: N): Named<N>[] {
  return messages.flatMap(({ tlvs: [event] }) => (event?.name === name ? [event as Named<N>] : []));
}

/** A pool event's place on its chain. */
export function provenanceOf(message: Message): Named<"Provenance"> {
  const companion = message.tlvs[1];
  if (companion?.name !== "Provenance") throw new Error(`${message.tlvs[0]?.name} has no Provenance`);
  return companion;
}
