/**
 * The channels: bounded, keyed windows of entities. Names, ids and default caps are the contract. Beside the fixed ones
 * there is one of bars for each symbol and interval, `market.bars:SYMBOL:INTERVAL`, which is there for who asks for it.
 */

export const CHANNELS = {
  "tx.main": { id: "transaction hash", cap: 5000, title: "Transactions" },
  "pool.main": {
    id: "chain:block_hash:log_index, or log:N without provenance",
    cap: 5000,
    title: "Pool events",
  },
  "pool.state": { id: "pool address", cap: 2000, title: "Pools" },
  "feature.main": { id: "transaction hash", cap: 2000, title: "Features" },
  "feature.top": { id: "protocol/category", cap: 256, title: "Top features" },
  "opportunity.main": { id: "pair:buy_pool:sell_pool", cap: 1000, title: "Opportunities" },
  "chain.main": { id: "chain id", cap: 64, title: "Chains" },
  "market.main": { id: "symbol", cap: 4000, title: "Market" },
} as const;

export type MainChannel = keyof typeof CHANNELS;
export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly MainChannel[];

/** Length of a bar by the name of its interval. */
export const BAR_INTERVALS_MS = { "500ms": 500, "1s": 1_000, "5s": 5_000, "1m": 60_000 } as const;
export type BarInterval = keyof typeof BAR_INTERVALS_MS;
export const BAR_INTERVALS = Object.keys(BAR_INTERVALS_MS) as readonly BarInterval[];

/** How their names are made, for people. */
export const BARS_PATTERN = "market.bars:SYMBOL:INTERVAL";
/** What every channel of bars has in common. */
export const BARS = { id: "start of the bar, Unix ms", cap: 500, title: "Bars" } as const;

export type BarsChannel = `market.bars:${string}:${BarInterval}`;
export type ChannelName = MainChannel | BarsChannel;
/** Something for some of the channels. */
export type ByChannel<V> = Partial<Record<MainChannel, V>> & Record<BarsChannel, V>;
/** What a channel's entities are: all channels of bars have one kind. */
export type ChannelKind = MainChannel | "market.bars";

export const CHANNEL_KINDS: readonly ChannelKind[] = [...CHANNEL_NAMES, "market.bars"];

/**
 * A symbol as channel names have it: letters, digits and `. _ - / @`, 96 at most. Of a pair of tokens it is
 * `BASE/QUOTE@CHAIN`, each side a symbol where the registry knows the token, else its address.
 */
const BARS_NAME = /^market\.bars:([A-Za-z0-9._/@-]{1,96}):(500ms|1s|5s|1m)$/;

export function barsChannel(symbol: string, interval: BarInterval): BarsChannel {
  return `market.bars:${symbol}:${interval}`;
}

/** What a channel of bars is about; null for the name of no such channel. */
export function parseBarsChannel(name: string): { symbol: string; interval: BarInterval } | null {
  const parts = BARS_NAME.exec(name);
  return parts === null ? null : { symbol: parts[1] as string, interval: parts[2] as BarInterval };
}

export function isMainChannel(name: string): name is MainChannel {
  return Object.hasOwn(CHANNELS, name);
}

export function isChannelName(name: string): name is ChannelName {
  return isMainChannel(name) || BARS_NAME.test(name);
}

export function kindOf(name: ChannelName): ChannelKind {
  return isMainChannel(name) ? name : "market.bars";
}
