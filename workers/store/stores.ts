/** A store for every channel. Until a window comes, the contract's cap is taken for its bound. */
import { CHANNEL_NAMES, CHANNELS, type ChannelName } from "../../protocol/stream/channels.ts";
import { Store } from "./store.ts";

export type Stores = Readonly<Record<ChannelName, Store>>;

export function createStores(): Stores {
  return Object.fromEntries(CHANNEL_NAMES.map((name) => [name, new Store(CHANNELS[name].cap)])) as Stores;
}
