/** What the page calls channels. */
import {
  BARS,
  CHANNELS,
  type ChannelKind,
  type ChannelName,
  isMainChannel,
  parseBarsChannel,
} from "../protocol/stream/channels.ts";

/** "Transactions"; of a channel of bars "Bars WETH/USDC@1 5s". */
export function channelTitle(name: ChannelName): string {
  if (isMainChannel(name)) return CHANNELS[name].title;
  const bars = parseBarsChannel(name);
  return bars === null ? name : `${BARS.title} ${bars.symbol} ${bars.interval}`;
}

/** All channels of bars have one title. */
export function kindTitle(kind: ChannelKind): string {
  return kind === "market.bars" ? BARS.title : CHANNELS[kind].title;
}
