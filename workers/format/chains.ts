/** What is known of chains by their ids. */

export const CHAIN_NAMES: Readonly<Record<number, string>> = {
  1: "Ethereum",
  10: "OP Mainnet",
  56: "BNB Smart Chain",
  137: "Polygon PoS",
  8453: "Base",
  31337: "local development chain",
  42161: "Arbitrum One",
};

/**
 * Blocks, its own included, from which a block counts as final. 64 is two epochs of Ethereum's proof of stake, after
 * which a block is finalised there; chains that finalise sooner (Polygon PoS by milestones) are within it.
 */
export const FINAL_DEPTH_BLOCKS = 64;
