/** What every channel owes to a copy of it, checked. */
import { expect } from "vitest";
import { type BatchLimits, type Channel, upsertsOf } from "../channel.ts";
import type { Replica } from "./replica.ts";

/** Applies what the channel has for the replica until it reaches the head; false when it is out of reach. */
export function follow(replica: Replica, channel: Channel, cut?: BatchLimits): boolean {
  for (;;) {
    const changes = channel.changesSince(replica.seq, cut);
    if (changes === null) return false;
    const ids = (upsertsOf(changes) as { id: string }[]).map(({ id }) => id);
    expect(new Set([...ids, ...changes.remove]).size).toBe(ids.length + changes.remove.length);
    replica.apply(changes);
    if (changes.complete) return true;
    expect(changes.seq).toBeGreaterThan(changes.prev_seq);
    expect(changes.evict_before).toBeLessThanOrEqual(changes.seq + 1);
  }
}

export function expectEqual(replica: Replica, channel: Channel): void {
  expect(replica.rows.size).toBe(channel.count);
  expect(replica.digest()).toBe(channel.digest());
  expect(replica.contentDigest()).toBe(channel.contentDigest());
}
