/** What people call chains, by EIP-155 chain id. */
export const CHAIN_NAMES: Readonly<Record<number, string>> = {
  1: "Ethereum",
  10: "OP Mainnet",
  56: "BNB Chain",
  137: "Polygon",
  8453: "Base",
  31337: "Local chain",
  42161: "Arbitrum One",
};
