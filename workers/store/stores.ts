/**
 * A store for every channel that is followed: the fixed ones always, those of bars while something shows them or did a moment
 * ago. Until a window comes, the contract's cap is taken for its bound.
 */
import {
  type BarsChannel,
  CHANNEL_NAMES,
  CHANNELS,
  type ChannelName,
  isMainChannel,
} from "../../protocol/stream/channels.ts";
import { Store } from "./store.ts";

export type Stores = Record<ChannelName, Store>;

export function createStores(): Stores {
  return Object.fromEntries(CHANNEL_NAMES.map((name) => [name, new Store(CHANNELS[name].cap)])) as Stores;
}

export function followedOf(stores: Stores): ChannelName[] {
  return Object.keys(stores) as ChannelName[];
}

export function barsOf(stores: Stores): BarsChannel[] {
  return followedOf(stores).filter((name) => !isMainChannel(name));
}
