/** Columns of pool.main. */
import type { PoolEventEntity } from "../../protocol/stream/entities.ts";
import type { Cell, ColumnsOf } from "../api.ts";
import { chain, chainName } from "./chains.ts";
import {
  amount,
  amountCell,
  type Column,
  float,
  hex,
  integer,
  MISSING,
  time,
  usd,
  words,
} from "./columns.ts";
import { depth } from "./depth.ts";

type Event = PoolEventEntity;

/**
 * A swap has what went in and what came out. A mint, burn or sync has amounts of both its tokens instead, which stand
 * in the same two columns and say in the title which token they are of.
 */
function side(
  swapped: Column<Event>,
  token: "token0" | "token1",
  amountOf: (event: Event) => Event["amount0"],
  symbolOf: (event: Event) => Event["symbol0"],
) {
  return {
    ...swapped,
    cell(event, context): Cell {
      if (event.kind === "swap") return swapped.cell(event, context);
      const value = amountOf(event);
      if (value === null) return MISSING;
      const { text, title } = amountCell(value, symbolOf(event));
      return { text, title: `${title ?? text} of ${token}` };
    },
  } satisfies Column<Event>;
}

export const POOL_EVENTS: Record<ColumnsOf["pool.main"], Column<Event>> = {
  seen: time((event) => event.seen_unix_ms),
  kind: words((event) => event.kind),
  venue: words((event) => event.venue),
  pair: words((event) => event.pair),
  amount_in: side(
    amount(
      (event) => event.amount_in,
      (event) => event.symbol_in,
    ),
    "token0",
    (event) => event.amount0,
    (event) => event.symbol0,
  ),
  amount_out: side(
    amount(
      (event) => event.amount_out,
      (event) => event.symbol_out,
    ),
    "token1",
    (event) => event.amount1,
    (event) => event.symbol1,
  ),
  price: float((event) => event.price),
  value_usd: usd((event) => event.value_usd),
  block: integer((event) => event.block_number),
  pool: hex((event) => event.pool),
  tx: hex((event) => event.tx_hash),
  status: words((event) => event.status),
  depth,
  chain: chain((event) => event.chain_id),
};

/** What the filter searches. */
export function poolEventTexts(event: Event): (string | null)[] {
  const { kind, venue, pair, symbol_in, symbol_out, pool, tx_hash, block_number, status, chain_id } = event;
  return [kind, venue, pair, symbol_in, symbol_out, pool, tx_hash, block_number, status, chainName(chain_id)];
}
