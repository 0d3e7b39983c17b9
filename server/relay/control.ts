/** The messages by which a relay and its peers speak of the stream itself; docs/relay.md has them byte by byte. */
import { decodeTlv } from "../../protocol/tlv/decode.ts";
import { encodeMessage } from "../../protocol/tlv/encode.ts";
import { TYPE } from "../../protocol/tlv/layout.ts";
import { COLLECTOR_STATE, type DomainName } from "../../protocol/tlv/registry.ts";
import type { MessageView } from "../../protocol/tlv/view.ts";
import { RELAY_DOMAINS, RELAY_SOURCE } from "./domain.ts";

/** A place in a relay's stream: behind message `seq` of `epoch`. */
export interface Position {
  /** Of one life of one relay, 24 hex digits; "" where none is known. */
  readonly epoch: string;
  readonly seq: number;
}

const NS_PER_MS = 1_000_000n;
const NOTICE_ID = "relay";
const MAX_DETAIL_CHARACTERS = 120;

/** A message without TLVs. `sequence`: a relay's is the number of its newest message that the reader was given. */
export function keepAlive(domain: DomainName, source: number, sequence: number, unix_ms: number): Uint8Array {
  return message(domain, source, sequence, unix_ms, []);
}

/** A reader's request for what follows `position`, and the relay's answer, whose `newest` is its newest message's number. */
export function positionMessage(
  { epoch, seq }: Position,
  newest: number,
  source: number,
  unix_ms: number,
): Uint8Array {
  return message("system", source, newest, unix_ms, [
    { name: "LogPosition", seq: BigInt(seq), latest_ingest_seq: BigInt(newest), epoch },
  ]);
}

/** A relay's last word: why the connection ends. */
export function notice(reason: string, source: number, unix_ms: number): Uint8Array {
  return message("system", source, 0, unix_ms, [
    {
      name: "CollectorStatus",
      chain_id: 0n,
      last_block: 0n,
      state: COLLECTOR_STATE.stopped,
      collector_id: NOTICE_ID,
      detail: reason.slice(0, MAX_DETAIL_CHARACTERS),
    },
  ]);
}

/** The position in a message that opens with a LogPosition, null in any other. Moves the view's TLV. */
export function readPosition(view: MessageView): Position | null {
  if (!view.firstTlv() || view.type !== TYPE.LogPosition) return null;
  const tlv = decodeTlv(view);
  if (tlv.name !== "LogPosition") return null;
  return { epoch: tlv.epoch, seq: Number(tlv.seq) };
}

/** The reason in a relay's last word, null in any other message. Moves the view's TLV. */
export function readNotice(view: MessageView): string | null {
  if (!isFromRelay(view) || !view.firstTlv() || view.type !== TYPE.CollectorStatus) return null;
  const tlv = decodeTlv(view);
  return tlv.name === "CollectorStatus" && tlv.collector_id === NOTICE_ID ? tlv.detail : null;
}

/** Does the header say that a relay wrote this message itself? */
export function isFromRelay(view: MessageView): boolean {
  return RELAY_SOURCES.has(view.source);
}

const RELAY_SOURCES: ReadonlySet<number> = new Set(RELAY_DOMAINS.map((domain) => RELAY_SOURCE[domain]));

function message(
  domain: DomainName,
  source: number,
  sequence: number,
  unix_ms: number,
  tlvs: Parameters<typeof encodeMessage>[0]["tlvs"],
): Uint8Array {
  return encodeMessage({
    domain,
    source,
    sequence: BigInt(sequence),
    timestamp_ns: BigInt(Math.floor(unix_ms)) * NS_PER_MS,
    tlvs,
  });
}
