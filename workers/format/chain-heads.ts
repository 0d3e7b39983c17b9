/** Columns of chain.main. */
import type { ChainEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { CHAIN_NAMES } from "./chains.ts";
import { type Column, column, count, float, percent, scaled, time } from "./columns.ts";
import { decimalKey, group } from "./decimal.ts";
import { cleanText } from "./text.ts";

export const CHAIN_HEADS: Record<ColumnsOf["chain.main"], Column<ChainEntity>> = {
  chain: column(
    "text",
    (chain) => chain.id,
    (id) => {
      const name = CHAIN_NAMES[Number(id)];
      return name === undefined ? { text: id } : { text: id, title: name };
    },
    decimalKey,
  ),
  head: column(
    "text",
    (chain) => chain.head_block,
    (block, { head_hash }) =>
      head_hash === null ? { text: group(block) } : { text: group(block), title: head_hash },
    decimalKey,
  ),
  block_time: time((chain) => chain.block_unix_ms),
  base_fee: scaled((chain) => chain.base_fee_wei, 9, ""),
  gas_used: percent((chain) => chain.gas_used_ratio, 1),
  tx_rate: float((chain) => chain.tx_per_s, 1),
  swap_rate: float((chain) => chain.swaps_per_s, 1),
  reorgs: count((chain) => chain.reorgs),
  collector: column(
    "text",
    (chain) => chain.collector_state,
    (state, { collector_id }) =>
      collector_id === null
        ? { text: state }
        : { text: state, title: `${state}: ${cleanText(collector_id)}` },
    (state) => state,
  ),
  seen: time((chain) => chain.last_event_unix_ms),
};

/** What the filter searches. */
export function chainTexts(chain: ChainEntity): (string | null)[] {
  const { id, head_block, head_hash, collector_state, collector_id } = chain;
  return [id, CHAIN_NAMES[Number(id)] ?? null, head_block, head_hash, collector_state, collector_id];
}
