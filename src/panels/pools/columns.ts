import type { ColumnsOf } from "../../../workers/api.ts";
import type { Columns } from "../../table/columns.ts";

export const columns = {
  pair: { label: "Pair", title: "Base / quote", width: 112, align: "start" },
  venue: {
    label: "Venue",
    title: "The exchange that the pool belongs to",
    width: 100,
    align: "start",
  },
  kind: { label: "Kind", title: "Kind of pool: v2, v3 or algebra", width: 72, align: "start" },
  fee: { label: "Fee", title: "Fee of a swap", width: 72, align: "end", mono: true },
  price: { label: "Price", title: "Quote per base", width: 108, align: "end", mono: true },
  price_usd: {
    label: "Price $",
    title: "US dollars a base, where it is known",
    width: 100,
    align: "end",
    mono: true,
  },
  tvl_usd: {
    label: "TVL $",
    title: "US dollars that it holds, where it is known",
    width: 116,
    align: "end",
    mono: true,
  },
  volume_usd: {
    label: "Volume $",
    title: "US dollars swapped since the log began, where it is known",
    width: 108,
    align: "end",
    mono: true,
  },
  reserve0: { label: "Reserve 0", title: "Held of token 0", width: 148, align: "end", mono: true },
  reserve1: { label: "Reserve 1", title: "Held of token 1", width: 148, align: "end", mono: true },
  liquidity: {
    label: "Liquidity",
    title: "Liquidity in the current range",
    width: 136,
    align: "end",
    mono: true,
  },
  tick: { label: "Tick", title: "Current tick", width: 80, align: "end", mono: true },
  swaps: { label: "Swaps", title: "Swaps since the log began", width: 72, align: "end", mono: true },
  seen: {
    label: "Last seen",
    title: "When it last changed, event time",
    width: 104,
    align: "start",
    mono: true,
  },
  pool: { label: "Pool", title: "Address of the pool", width: 96, align: "start", mono: true },
  chain: { label: "Chain", title: "The chain it is on", width: 96, align: "start" },
} satisfies Columns<ColumnsOf["pool.state"]>;
