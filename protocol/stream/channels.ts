/** The channels: bounded, keyed windows of entities. Names, ids and default caps are the contract. */

export const CHANNELS = {
  "tx.main": { id: "transaction hash", cap: 5000, title: "Transactions" },
  "pool.main": {
    id: "chain:block_hash:log_index, or log:N without provenance",
    cap: 5000,
    title: "Pool events",
  },
  "pool.state": { id: "pool address", cap: 2000, title: "Pools" },
  "chain.main": { id: "chain id", cap: 64, title: "Chains" },
} as const;

export type ChannelName = keyof typeof CHANNELS;
export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly ChannelName[];

export function isChannelName(name: string): name is ChannelName {
  return Object.hasOwn(CHANNELS, name);
}
