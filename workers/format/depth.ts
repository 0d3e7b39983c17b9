/** How deep in its chain a row lies: seen, n blocks, final. */
import { FINAL_DEPTH_BLOCKS } from "./chains.ts";
import { type Column, type Context, MISSING } from "./columns.ts";

interface Placed {
  chain_id: number | null;
  block_number: string | null;
  status: string;
}

/** Blocks on top of the row's, its own included; null while its block or the chain's head is unknown or reorged. */
function blocksOn({ chain_id, block_number, status }: Placed, context: Context): number | null {
  if (chain_id === null || block_number === null || status === "reorged") return null;
  const head = context.headBlock(chain_id);
  if (head === null) return null;
  const blocks = BigInt(head) - BigInt(block_number) + 1n;
  return blocks < 1n ? null : Number(blocks);
}

export const depth: Column<Placed> = {
  order: "number",
  live: true,
  cell(row, context) {
    if (row.status === "reorged") return MISSING;
    const blocks = blocksOn(row, context);
    if (blocks === null) return { text: "seen" };
    const text = blocks === 1 ? "1 block" : `${blocks} blocks`;
    return blocks < FINAL_DEPTH_BLOCKS ? { text } : { text: "final", title: text };
  },
  key: blocksOn,
};
