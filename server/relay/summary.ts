/** What a relay does, in lines for its operator. */
import { type Counts, formatCounts } from "./counts.ts";
import type { Peer } from "./peer.ts";
import type { Relay } from "./relay.ts";

/** One line: what came in and went out since the relay began. */
export function summaryLine(relay: Relay): string {
  const { in: came, out, faults, cuts } = relay.counts();
  return [
    `relay ${relay.domain}: ${relay.count("producer")} producers, ${relay.count("consumer")} consumers`,
    `in ${came.received}, accepted ${came.accepted}${inBrackets("dropped", came.dropped)}`,
    `out ${out.received}, forwarded ${out.forwarded}, held ${out.held}, dropped ${out.dropped}`,
    `ring ${relay.ring.heldCount} messages, ${relay.ring.heldBytes} bytes, up to ${relay.ring.newest}`,
    ...labelled("damage", faults),
    ...labelled("cut", cuts),
    ...(relay.directory.dropped === 0 ? [] : [`${relay.directory.dropped} descriptions without room`]),
  ].join("; ");
}

/** One line a connection. */
export function peerLines(relay: Relay): string[] {
  return Array.from(
    relay.peers,
    (peer) => `relay ${relay.domain}: ${peer.name}, ${peer.role}: ${work(peer)}`,
  );
}

function work({ inlet, reader }: Peer): string {
  if (reader !== null) {
    return `due ${reader.received}, forwarded ${reader.forwarded}, held ${reader.held}`;
  }
  return [
    `received ${inlet.received}, accepted ${inlet.accepted}${inBrackets("dropped", inlet.dropped)}`,
    ...labelled("damage", inlet.faults),
    `last heard ${Math.round(inlet.silentMs)} ms ago`,
  ].join("; ");
}

function inBrackets(label: string, counts: Counts): string {
  return labelled(label, counts)
    .map((text) => ` (${text})`)
    .join("");
}

function labelled(label: string, counts: Counts): string[] {
  const text = formatCounts(counts);
  return text === "" ? [] : [`${label} ${text}`];
}
