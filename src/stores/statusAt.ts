import type { StreamStatus } from "../../workers/api.ts";
import { useClock } from "./clock.ts";
import type { WholeTimes } from "./freshness.ts";
import { useStatus } from "./status.ts";

/**
 * Reads status and clock together. Renders when the answer changes, not with each of the 30 statuses a second: so
 * the answer must be a primitive.
 */
export function useStatusAt<T extends string | number | boolean | null>(
  read: (status: StreamStatus | null, now: number, whole: WholeTimes) => T,
): T {
  useClock(({ now }) => {
    const { status, whole } = useStatus.getState();
    return read(status, now, whole);
  });
  return useStatus(({ status, whole }) => read(status, useClock.getState().now, whole));
}
