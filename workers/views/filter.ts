/** The filter: words, all of which a row's texts must contain, without regard to case. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { haystack } from "../format/formats.ts";
import { VIEW_LIMITS } from "../limits.ts";
import type { Matcher } from "./order.ts";

export function matcher(channel: ChannelName, filter: string): Matcher {
  const words = filter
    .slice(0, VIEW_LIMITS.filter_units_count)
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, VIEW_LIMITS.filter_words_count);
  if (words.length === 0) return () => true;
  // A row's texts are made when its slot is new to the view, once: nothing is kept.
  return (row) => {
    const texts = haystack(channel, row);
    return words.every((word) => texts.includes(word));
  };
}
