/** What each domain's relay takes: whose messages, and with what checksums. */
import { DOMAIN, SOURCE } from "../../protocol/tlv/registry.ts";
import type { MessageView } from "../../protocol/tlv/view.ts";

/** The domains that have a relay of their own; system messages go over any. */
export const RELAY_DOMAINS = ["market_data", "signal", "execution"] as const;
export type RelayDomain = (typeof RELAY_DOMAINS)[number];

/** `trust`: passed on unread; `verify`: must hold where there is one; `require`: must be there and hold. */
export type ChecksumPolicy = "trust" | "verify" | "require";

export const CHECKSUM_POLICY: Readonly<Record<RelayDomain, ChecksumPolicy>> = {
  market_data: "trust",
  signal: "verify",
  execution: "require",
};

/** In the headers of what a relay itself writes. */
export const RELAY_SOURCE: Readonly<Record<RelayDomain, number>> = {
  market_data: SOURCE.market_data_relay,
  signal: SOURCE.signal_relay,
  execution: SOURCE.execution_relay,
};

/** Why a valid message is not passed on; those of bytes that are no message are the decoder's. */
export type Refusal = "domain_violation" | "checksum_absent";

/** Null where the message is passed on. */
export function refusal(view: MessageView, domain: RelayDomain, checksums: ChecksumPolicy): Refusal | null {
  if (view.domain !== DOMAIN[domain] && view.domain !== DOMAIN.system) return "domain_violation";
  if (checksums === "require" && view.checksum === 0) return "checksum_absent";
  return null;
}
