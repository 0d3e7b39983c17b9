/** `mempulse relay`: the relays of one domain or of several in one process, until a signal. */

import { logToStderr } from "../log.ts";
import { formatAddress, parseRelayAddress, type RelayAddress } from "../relay/address.ts";
import { CHECKSUM_POLICY, type RelayDomain } from "../relay/domain.ts";
import { RELAY_LIMITS } from "../relay/limits.ts";
import { type Listener, listen } from "../relay/listen.ts";
import { Relay } from "../relay/relay.ts";
import { peerLines, summaryLine } from "../relay/summary.ts";
import { usageError } from "./errors.ts";
import { readArgs, readNumber, stopSignal } from "./options.ts";

const MIB = 1_048_576;
const MAX_RING_MIB = 4_096;
const MAX_SECONDS = 86_400;
/** A producer that has nothing to say writes a keep-alive so often. */
const MIN_SILENCE_S = Math.ceil((RELAY_LIMITS.keep_alive_ms + RELAY_LIMITS.check_ms) / 1_000);
const DEFAULTS = {
  ring_mib: RELAY_LIMITS.ring_bytes / MIB,
  silence_s: RELAY_LIMITS.producer_silence_ms / 1_000,
} as const;

const USAGE = `usage: mempulse relay --listen [DOMAIN=]ADDRESS... [OPTIONS]

Passes Protocol V2 messages on: producers write, any number of consumers read, on one socket. docs/relay.md has the rules.

  --listen [DOMAIN=]ADDRESS  unix:PATH or tcp:HOST:PORT (port 0: any free one); DOMAIN is market_data (default), signal or
                       execution. May be repeated; addresses of one domain share its stream
  --verify             verify the checksums of market data too, which are passed on unread else
  --ring MIB           size of each domain's replay ring (default ${DEFAULTS.ring_mib})
  --flush MS           give consumers what is there at least so often, 0 to ${RELAY_LIMITS.max_flush_interval_ms} (default ${RELAY_LIMITS.flush_interval_ms})
  --silence SECONDS    close a producer that wrote nothing for so long (${MIN_SILENCE_S} or more, default ${DEFAULTS.silence_s})
  --summary SECONDS    a summary on stderr so often (default: only at SIGUSR1, and at the end)
  --json               print one line {"listen": [{"domain", "address"}, ...]} on stdout when it listens
  --help               say this
`;

/** Resolves with exit code 0 after SIGINT or SIGTERM, everything closed. */
export async function run(args: string[]): Promise<number> {
  const { values } = readArgs({
    args,
    options: {
      listen: { type: "string", multiple: true },
      verify: { type: "boolean" },
      ring: { type: "string" },
      flush: { type: "string" },
      silence: { type: "string" },
      summary: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const wanted = (values.listen ?? []).map((text) => parseRelayAddress(text, "--listen"));
  if (wanted.length === 0) throw usageError("--listen: is needed; --help says more");
  const options = {
    log: logToStderr,
    ringBytes:
      MIB * readNumber("--ring", values.ring, { min: 1, max: MAX_RING_MIB, fallback: DEFAULTS.ring_mib }),
    flushIntervalMs: readNumber("--flush", values.flush, {
      min: 0,
      max: RELAY_LIMITS.max_flush_interval_ms,
      fallback: RELAY_LIMITS.flush_interval_ms,
    }),
    producerSilenceMs:
      1_000 *
      readNumber("--silence", values.silence, {
        min: MIN_SILENCE_S,
        max: MAX_SECONDS,
        fallback: DEFAULTS.silence_s,
      }),
  };
  const summary_s = readNumber("--summary", values.summary, { min: 1, max: MAX_SECONDS, fallback: 0 });
  const relays = new Map<RelayDomain, Relay>();
  for (const { domain } of wanted) {
    const isVerified = domain === "market_data" && values.verify === true;
    const checksums = isVerified ? "verify" : CHECKSUM_POLICY[domain];
    if (!relays.has(domain)) relays.set(domain, new Relay({ ...options, domain, checksums }));
  }
  return runRelays(relays, wanted, summary_s, values.json ?? false);
}

async function runRelays(
  relays: ReadonlyMap<RelayDomain, Relay>,
  wanted: readonly RelayAddress[],
  summary_s: number,
  json: boolean,
): Promise<number> {
  const aborter = new AbortController();
  const stopped = stopSignal(aborter.signal);
  const listeners: Listener[] = [];
  const summarise = (): void => {
    for (const relay of relays.values()) logToStderr(summaryLine(relay));
  };
  const tell = (): void => {
    summarise();
    for (const relay of relays.values()) for (const line of peerLines(relay)) logToStderr(line);
  };
  const timer = summary_s === 0 ? undefined : setInterval(summarise, summary_s * 1_000);
  process.on("SIGUSR1", tell);
  try {
    for (const { domain, address } of wanted)
      listeners.push(await listen(relays.get(domain) as Relay, address));
    const places = listeners.map(({ address }, index) => ({
      domain: (wanted[index] as RelayAddress).domain,
      address: formatAddress(address),
    }));
    process.stdout.write(
      json
        ? `${JSON.stringify({ listen: places })}\n`
        : places.map(({ domain, address }) => `${domain} ${address}\n`).join(""),
    );
    await stopped;
    return 0;
  } finally {
    for (const listener of listeners) listener.close();
    await Promise.all(Array.from(relays.values(), (relay) => relay.close()));
    if (listeners.length === wanted.length) summarise();
    clearInterval(timer);
    process.off("SIGUSR1", tell);
    aborter.abort();
  }
}
