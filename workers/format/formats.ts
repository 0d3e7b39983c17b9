/** Every channel's columns and texts, by names that come from outside: the one place where a row gets its type. */
import { type ChannelKind, type ChannelName, kindOf } from "../../protocol/stream/channels.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { BAR_COLUMNS, barTexts } from "./bars.ts";
import { CHAIN_HEADS, chainTexts } from "./chain-heads.ts";
import type { Column } from "./columns.ts";
import { FEATURES, featureTexts, TOP_FEATURES, topFeatureTexts } from "./features.ts";
import { MARKETS, marketTexts } from "./markets.ts";
import { OPPORTUNITIES, opportunityTexts } from "./opportunities.ts";
import { POOL_EVENTS, poolEventTexts } from "./pool-events.ts";
import { POOLS, poolTexts } from "./pools.ts";
import { TRANSACTIONS, transactionTexts } from "./transactions.ts";

interface Format {
  columns: Readonly<Record<string, Column<Row>>>;
  texts: (row: Row) => (string | null)[];
}

// A row is the entity of its channel: the wire checked its id and seq, the server's schema the rest.
const FORMATS = {
  "tx.main": { columns: TRANSACTIONS, texts: transactionTexts },
  "pool.main": { columns: POOL_EVENTS, texts: poolEventTexts },
  "pool.state": { columns: POOLS, texts: poolTexts },
  "feature.main": { columns: FEATURES, texts: featureTexts },
  "feature.top": { columns: TOP_FEATURES, texts: topFeatureTexts },
  "opportunity.main": { columns: OPPORTUNITIES, texts: opportunityTexts },
  "chain.main": { columns: CHAIN_HEADS, texts: chainTexts },
  "market.main": { columns: MARKETS, texts: marketTexts },
  "market.bars": { columns: BAR_COLUMNS, texts: barTexts },
} as unknown as Readonly<Record<ChannelKind, Format>>;

/** null: the channel has no such column. */
export function columnOf(channel: ChannelName, id: string): Column<Row> | null {
  const { columns } = FORMATS[kindOf(channel)];
  return Object.hasOwn(columns, id) ? columns[id]! : null;
}

/** What the filter searches, in lower case, a line a text. */
export function haystack(channel: ChannelName, row: Row): string {
  return FORMATS[kindOf(channel)]
    .texts(row)
    .filter((text) => text !== null)
    .join("\n")
    .toLowerCase();
}
