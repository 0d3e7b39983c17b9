/** How deep in its chain an on-chain row lies: seen, n blocks, final. */
import type { PoolEventEntity } from "../../protocol/stream/entities.ts";
import { FINAL_DEPTH_BLOCKS } from "./chains.ts";
import { type Column, type Context, MISSING } from "./columns.ts";

/** Blocks on top of the row's, its own included; null while its block or the chain's head is unknown or reorged. */
function depthOf({ chain_id, block_number, status }: PoolEventEntity, context: Context): number | null {
  if (chain_id === null || block_number === null || status === "reorged") return null;
  const head = context.headBlock(chain_id);
  if (head === null) return null;
  const depth = BigInt(head) - BigInt(block_number) + 1n;
  return depth < 1n ? null : Number(depth);
}

export const depth: Column<PoolEventEntity> = {
  order: "number",
  live: true,
  cell(event, context) {
    if (event.status === "reorged") return MISSING;
    const blocks = depthOf(event, context);
    if (blocks === null) return { text: "seen" };
    const text = blocks === 1 ? "1 block" : `${blocks} blocks`;
    return blocks < FINAL_DEPTH_BLOCKS ? { text } : { text: "final", title: text };
  },
  key: depthOf,
};
