/** The panels of the page, in the order of tabs and of reading. */
import type { ChannelKind, MainChannel } from "../../protocol/stream/channels.ts";
import { BARS } from "./bars/index.ts";
import { chains } from "./chains/index.ts";
import { features } from "./features/index.ts";
import { market } from "./market/index.ts";
import { opportunities } from "./opportunities/index.ts";
import type { Described, Panel } from "./panel.ts";
import { poolEvents } from "./pool-events/index.ts";
import { pools } from "./pools/index.ts";
import { topFeatures } from "./top-features/index.ts";
import { transactions } from "./transactions/index.ts";

export type AnyPanel = { [C in MainChannel]: Panel<C> }[MainChannel];

export const PANELS: readonly AnyPanel[] = [
  poolEvents,
  transactions,
  opportunities,
  market,
  pools,
  features,
  topFeatures,
  chains,
];

/** By kind of channel, for the drawer: complete by type. */
export const DESCRIBED: { readonly [K in ChannelKind]: Described<K> } = {
  "pool.main": poolEvents,
  "tx.main": transactions,
  "pool.state": pools,
  "feature.main": features,
  "feature.top": topFeatures,
  "opportunity.main": opportunities,
  "chain.main": chains,
  "market.main": market,
  "market.bars": BARS,
};
