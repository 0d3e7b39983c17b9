import type { ColumnsOf } from "../../../workers/api.ts";
import { type Columns, code, figure, words } from "../../table/columns.ts";

export const columns = {
  pair: words("Pair", "Base / quote", 112),
  venue: words("Venue", "The exchange that the pool belongs to", 100),
  kind: words("Kind", "Kind of pool: v2, v3 or algebra", 72),
  fee: figure("Fee", "Fee of a swap", 72),
  price: figure("Price", "Quote per base", 108),
  price_usd: figure("Price $", "US dollars a base, where it is known", 100),
  tvl_usd: figure("TVL $", "US dollars that it holds, where it is known", 116),
  volume_usd: figure("Volume $", "US dollars swapped since the log began, where it is known", 108),
  reserve0: figure("Reserve 0", "Held of token 0", 148),
  reserve1: figure("Reserve 1", "Held of token 1", 148),
  liquidity: figure("Liquidity", "Liquidity in the current range", 136),
  tick: figure("Tick", "Current tick", 80),
  swaps: figure("Swaps", "Swaps since the log began", 72),
  seen: code("Last seen", "When it last changed, event time", 104),
  pool: code("Pool", "Address of the pool", 96),
  chain: words("Chain", "The chain it is on", 96),
} satisfies Columns<ColumnsOf["pool.state"]>;
