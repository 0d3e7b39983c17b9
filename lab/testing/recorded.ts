/** A recording file as decoded messages. */
import { readFile } from "node:fs/promises";
import { Recording } from "../../protocol/recording/reader.ts";
import { unpackRecording } from "../../protocol/recording/unpack.ts";
import { decodeMessage, type KnownTlv, type Message } from "../../protocol/tlv/decode.ts";
import type { PayloadName } from "../../protocol/tlv/layout.ts";
import { TX_STATUS } from "../../protocol/tlv/registry.ts";

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

/** Pools that the messages introduce. Throws at the first use of a pool or token before its introduction. */
export function introducedPools(messages: readonly Message[]): Set<string> {
  const [pools, tokens] = [new Set<string>(), new Set<string>()];
  const known = (set: ReadonlySet<string>, address: string) => {
    if (!set.has(address)) throw new Error(`${address} is used before it is introduced`);
  };
  for (const {
    tlvs: [event],
  } of messages) {
    if (event?.name === "TokenInfo") tokens.add(event.address);
    if (event?.name === "PoolInfo") {
      known(tokens, event.token0);
      known(tokens, event.token1);
      pools.add(event.pool);
    }
    if (event !== undefined && "pool_address" in event) known(pools, event.pool_address);
  }
  return pools;
}

/** The statuses that each transaction goes through, by hash. */
export function lives(messages: readonly Message[]): Map<string, number[]> {
  const statuses = new Map<string, number[]>();
  for (const { hash, status } of eventsOf(messages, "Transaction")) {
    statuses.set(hash, [...(statuses.get(hash) ?? []), status]);
  }
  return statuses;
}

/**
 * Transactions that stayed pending, for another of the same sender and nonce was mined. Throws where one of those that
 * stayed pending has no such successor.
 */
export function replaced(messages: readonly Message[]): string[] {
  const all = eventsOf(messages, "Transaction");
  const isMined = ({ status }: Payload<"Transaction">) => status !== TX_STATUS.pending;
  const mined = new Set(all.filter(isMined).map(({ hash }) => hash));
  const places = new Set(all.filter(isMined).map(({ sender, nonce }) => `${sender} ${nonce}`));
  return all
    .filter(({ hash }) => !mined.has(hash))
    .map(({ hash, sender, nonce }) => {
      if (!places.has(`${sender} ${nonce}`))
        throw new Error(`${hash} stayed pending and nothing took its place`);
      return hash;
    });
}
