/** Windows of the server that a soak waits for: only what is full can be asked not to grow. */
import type { ChannelName } from "../../protocol/stream/channels.ts";

/** The two that take every event; the others are bounded by how many pools and chains there are. */
export const SOAKED: readonly ChannelName[] = ["tx.main", "pool.main"];

interface ChannelRow {
  name: ChannelName;
  cap: number;
  count: number;
}

/** How full the least full of them is, 0 to 1. */
export async function fullness(server: string): Promise<number> {
  const answer = await fetch(`${server}/dashboard/channels`);
  const { channels } = (await answer.json()) as { channels: ChannelRow[] };
  const soaked = channels.filter(({ name }) => SOAKED.includes(name));
  return Math.min(...soaked.map(({ cap, count }) => count / cap));
}
