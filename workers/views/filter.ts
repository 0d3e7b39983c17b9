/** The filter: words, all of which a row's texts must contain, without regard to case. */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { haystack } from "../format/formats.ts";
import type { Matcher } from "./order.ts";

/** Longer filters are cut: nobody types them, and each word is searched in each row. */
const MOST_UNITS = 512;
const MOST_WORDS = 16;

export function matcher(channel: ChannelName, filter: string): Matcher {
  const words = filter
    .slice(0, MOST_UNITS)
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, MOST_WORDS);
  if (words.length === 0) return () => true;
  // A row's texts are made when its slot is new to the view, once: nothing is kept.
  return (row) => {
    const texts = haystack(channel, row);
    return words.every((word) => texts.includes(word));
  };
}
