/** Columns of chain.main. */
import type { ChainEntity } from "../../protocol/stream/entities.ts";
import type { ColumnsOf } from "../api.ts";
import { chain, chainName } from "./chains.ts";
import { type Column, column, count, float, percent, scaled, time } from "./columns.ts";
import { decimalKey, group, scale } from "./decimal.ts";
import { cleanText } from "./text.ts";

export const CHAIN_HEADS: Record<ColumnsOf["chain.main"], Column<ChainEntity>> = {
  chain: chain((head) => Number(head.id)),
  head: column(
    "text",
    (head) => head.head_block,
    (block, { head_hash }) =>
      head_hash === null ? { text: group(block) } : { text: group(block), title: head_hash },
    decimalKey,
  ),
  block_time: time((head) => head.block_unix_ms),
  block_every: column(
    "number",
    (head) => head.block_time_ms,
    (ms) => ({ text: `${scale(String(ms), 3)} s` }),
    (ms) => ms,
  ),
  base_fee: scaled((head) => head.base_fee_wei, 9, ""),
  gas_price: scaled((head) => head.gas_price_wei, 9, ""),
  gas_used: percent((head) => head.gas_used_ratio, 1),
  tx_rate: float((head) => head.tx_per_s, 1),
  swap_rate: float((head) => head.swaps_per_s, 1),
  reorgs: count((head) => head.reorgs),
  reorg_depth: count((head) => head.last_reorg_depth),
  collector: column(
    "text",
    (head) => head.collector_state,
    (state, { collector_id }) =>
      collector_id === null
        ? { text: state }
        : { text: state, title: `${state}: ${cleanText(collector_id)}` },
    (state) => state,
  ),
  seen: time((head) => head.last_event_unix_ms),
};

/** What the filter searches. */
export function chainTexts(head: ChainEntity): (string | null)[] {
  const { id, head_block, head_hash, collector_state, collector_id } = head;
  return [id, chainName(Number(id)), head_block, head_hash, collector_state, collector_id];
}
