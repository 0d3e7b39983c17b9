/** Names for losses by what they are, each once: a range that is lost again after another one is a loss of its own. */
import type { Loss } from "../../workers/api.ts";

/** In the order of `losses`. One that grows at its end keeps its name. */
export function lossKeys(losses: readonly Loss[]): string[] {
  const times = new Map<string, number>();
  return losses.map(({ channel, kind, from_seq }) => {
    const place = `${channel} ${kind} ${from_seq}`;
    const time = (times.get(place) ?? 0) + 1;
    times.set(place, time);
    return `${place} ${time}`;
  });
}
