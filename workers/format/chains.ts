/** What is known of chains by their ids. */
import { CHAIN_NAMES } from "../../protocol/chain-names.ts";
import { type Column, column } from "./columns.ts";

/**
 * Blocks, its own included, from which a block counts as final. 64 is two epochs of Ethereum's proof of stake, after
 * which a block is finalised there; chains that finalise sooner (Polygon PoS by milestones) are within it.
 */
export const FINAL_DEPTH_BLOCKS = 64;

/** A chain by its name, the id in the title; by its id where it has no name here. Sorted by id. */
export function chain<E>(get: (entity: E) => number | null): Column<E> {
  return column(
    "number",
    get,
    (id) => {
      const name = CHAIN_NAMES[id];
      return name === undefined ? { text: String(id) } : { text: name, title: `${name}, chain id ${id}` };
    },
    (id) => id,
  );
}

/** For the filter. */
export function chainName(id: number | null): string | null {
  return id === null ? null : (CHAIN_NAMES[id] ?? String(id));
}
