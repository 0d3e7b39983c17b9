/** The panels of the page, in the order of tabs and of reading. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { chains } from "./chains/index.ts";
import type { Panel } from "./panel.ts";
import { poolEvents } from "./pool-events/index.ts";
import { pools } from "./pools/index.ts";
import { transactions } from "./transactions/index.ts";

type AnyPanel = { [C in ChannelName]: Panel<C> }[ChannelName];

export const PANELS: readonly AnyPanel[] = [poolEvents, transactions, pools, chains];

/** By channel, for the drawer: complete by type. */
export const PANEL_OF: { readonly [C in ChannelName]: Panel<C> } = {
  "pool.main": poolEvents,
  "tx.main": transactions,
  "pool.state": pools,
  "chain.main": chains,
};
