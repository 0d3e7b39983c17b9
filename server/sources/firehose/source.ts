/** The firehose as a source: the fold is one of its consumers, by the name `aggregator`. */
import { randomBytes } from "node:crypto";
import { encodeMessage, type TlvInit } from "../../../protocol/tlv/encode.ts";
import { SOURCE } from "../../../protocol/tlv/registry.ts";
import { usageError } from "../../cli/errors.ts";
import { type Clock, systemClock } from "../../clock.ts";
import type { Source, StageCounts } from "../source.ts";
import type { Consumer } from "./fan-out.ts";
import { Firehose, type FirehoseOptions } from "./firehose.ts";
import type { Item } from "./items.ts";
import { FIREHOSE_LIMITS } from "./limits.ts";
import { readSubscriptions } from "./subscriptions.ts";
import { assetIdOf, type FirehoseTrade, instrumentTlv, readTrade, tradeTlvs } from "./trade.ts";

export const KEY_VARIABLE = "MEMPULSE_FIREHOSE_KEY";

export type FirehoseSpec = Pick<FirehoseOptions, "url" | "key" | "subscriptions">;

/**
 * A ws: or wss: URL whose fragment may name subscriptions (`#T.AAPL,T.MSFT`; default `T.*`). The key is from the
 * environment alone. Throws CliError that names `option` and what is wrong.
 */
export function readFirehoseSpec(
  spec: string,
  option: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): FirehoseSpec {
  const url = URL.canParse(spec) ? new URL(spec) : null;
  if (url === null || (url.protocol !== "ws:" && url.protocol !== "wss:")) {
    throw usageError(`${option}: expected ws://HOST/PATH or wss://HOST/PATH`);
  }
  const subscriptions = readSubscriptions(unescaped(url.hash.slice(1)) || "T.*");
  if (subscriptions === null)
    throw usageError(`${option}: expected T.* or T.SYMBOL, with commas between, after the #`);
  url.hash = "";
  const key = env[KEY_VARIABLE];
  if (key === undefined || key === "") throw usageError(`${option}: ${KEY_VARIABLE} is not set`);
  return { url, key, subscriptions };
}

/** A percent sign that escapes nothing stays one. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What was met and not handed over; `firehose_stalled` counts how often the fold was named as getting nothing. */
const FAULTS = [
  "firehose_bad_frame",
  "firehose_bad_trade",
  "firehose_ambiguous_symbol",
  "firehose_stalled",
] as const;

export class FirehoseSource implements Source {
  readonly name: string;
  readonly live = true;
  readonly firehose: Firehose;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  readonly #producerId = `0x${randomBytes(16).toString("hex")}`;
  /** Symbols announced, by asset id: the first eight bytes of two long ones may be the same. */
  readonly #symbols = new Map<bigint, string>();
  #sequence = 0n;
  #badTrades = 0;
  #ambiguous = 0;

  constructor(options: FirehoseOptions) {
    this.name = `firehose ${options.url.host}`;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log;
    this.firehose = new Firehose(options);
  }

  async start(sink: (message: Uint8Array) => void): Promise<void> {
    const consumer: Consumer = {
      name: "aggregator",
      subscriptions: new Set(["T.*"]),
      take: (trades) => this.#take(trades, sink),
    };
    this.firehose.attach(consumer);
    try {
      await this.firehose.run();
    } finally {
      this.firehose.detach(consumer);
    }
  }

  async stop(): Promise<void> {
    this.firehose.stop();
  }

  faultCounts(): Record<(typeof FAULTS)[number], number> {
    return {
      firehose_bad_frame: this.firehose.badFrames,
      firehose_bad_trade: this.#badTrades,
      firehose_ambiguous_symbol: this.#ambiguous,
      firehose_stalled: this.firehose.stalls,
    };
  }

  stages(): StageCounts[] {
    const { received } = this.firehose;
    const [account] = this.firehose.accounts();
    return [
      { stage: "firehose", in: received, out: account?.forwarded ?? 0, dropped: account?.dropped ?? {} },
    ];
  }

  #take(
    trades: readonly Item[],
    sink: (message: Uint8Array) => void,
  ): { dropped: number; reason: string } | null {
    let dropped = 0;
    for (const item of trades) {
      const trade = readTrade(item);
      if (typeof trade === "string") {
        if (this.#badTrades++ === 0) this.#log(`${this.name}: a trade was skipped: ${trade}`);
        dropped++;
      } else if (this.#announce(trade, sink)) this.#emit(tradeTlvs(trade, this.#producerId), sink);
      else dropped++;
    }
    return dropped === 0 ? null : { dropped, reason: "unfit for a TLV" };
  }

  /** Names the symbol before its first trade. False for one that another has the asset id of. */
  #announce({ symbol }: FirehoseTrade, sink: (message: Uint8Array) => void): boolean {
    const assetId = assetIdOf(symbol);
    const known = this.#symbols.get(assetId);
    if (known === symbol) return true;
    if (known !== undefined || this.#symbols.size >= FIREHOSE_LIMITS.symbols_count) {
      if (this.#ambiguous++ === 0)
        this.#log(`${this.name}: ${symbol} is left out, for ${known ?? "too many symbols"} came first`);
      return false;
    }
    this.#symbols.set(assetId, symbol);
    this.#emit([instrumentTlv(symbol)], sink);
    return true;
  }

  #emit(tlvs: TlvInit[], sink: (message: Uint8Array) => void): void {
    sink(
      encodeMessage({
        domain: "market_data",
        source: SOURCE.market_data_relay,
        sequence: this.#sequence++,
        timestamp_ns: BigInt(Math.floor(this.#clock.now().unix_ms)) * 1_000_000n,
        tlvs,
      }),
    );
  }
}
