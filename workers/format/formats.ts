/** Every channel's columns and texts, by names that come from outside: the one place where a row gets its type. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import type { Row } from "../../protocol/stream/messages.ts";
import { CHAIN_HEADS, chainTexts } from "./chain-heads.ts";
import type { Column } from "./columns.ts";
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
  "chain.main": { columns: CHAIN_HEADS, texts: chainTexts },
} as unknown as Readonly<Record<ChannelName, Format>>;

/** null: the channel has no such column. */
export function columnOf(channel: ChannelName, id: string): Column<Row> | null {
  const { columns } = FORMATS[channel];
  return Object.hasOwn(columns, id) ? columns[id]! : null;
}

/** What the filter searches, in lower case, a line a text. */
export function haystack(channel: ChannelName, row: Row): string {
  return FORMATS[channel]
    .texts(row)
    .filter((text) => text !== null)
    .join("\n")
    .toLowerCase();
}
