/** Columns of pool.state. */
import type { PoolStateEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { amount, type Column, column, count, float, hex, integer, time, words } from "./columns.ts";
import { scale } from "./decimal.ts";

export const POOLS: Record<ColumnsOf["pool.state"], Column<PoolStateEntity>> = {
  pair: words((pool) => pool.pair),
  venue: words((pool) => pool.venue),
  kind: words((pool) => pool.kind),
  fee: column(
    "number",
    (pool) => pool.fee,
    (fee) => ({ text: `${scale(String(fee), 4)} %`, title: `${fee} hundredths of a bip` }),
    (fee) => fee,
  ),
  price: float((pool) => pool.price),
  reserve0: amount(
    (pool) => pool.reserve0,
    (pool) => pool.symbol0,
  ),
  reserve1: amount(
    (pool) => pool.reserve1,
    (pool) => pool.symbol1,
  ),
  liquidity: integer((pool) => pool.liquidity),
  tick: count((pool) => pool.tick),
  swaps: count((pool) => pool.swaps),
  seen: time((pool) => pool.last_seen_unix_ms),
  pool: hex((pool) => pool.id),
};

/** What the filter searches. */
export function poolTexts(pool: PoolStateEntity): (string | null)[] {
  const { pair, venue, kind, symbol0, symbol1, id, token0, token1 } = pool;
  return [pair, venue, kind, symbol0, symbol1, id, token0, token1];
}
