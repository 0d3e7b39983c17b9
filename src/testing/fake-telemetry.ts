/** Losses, memory and counters as a stream with some trouble behind it has them. */
import {
  CHANNEL_NAMES,
  CHANNELS,
  type ChannelKind,
  type ChannelName,
  kindOf,
} from "../../protocol/stream/channels.ts";
import type { Loss, LossKind, LossReport, MemoryReport, StreamCounters } from "../../workers/api.ts";

const HOP: Readonly<Record<LossKind, Loss["hop"]>> = {
  coalesced: "server",
  evicted: "server",
  gap: "link",
  out_of_reach: "server",
  shed: "client",
};

const NONE: Readonly<Record<LossKind, number>> = {
  coalesced: 0,
  evicted: 0,
  gap: 0,
  out_of_reach: 0,
  shed: 0,
};

/** `count` losses, a few seconds apart, the last at `now`. */
export function fakeLosses(count: number, now: number): LossReport {
  const kinds = Object.keys(HOP) as LossKind[];
  const recent = Array.from({ length: count }, (_, at): Loss => {
    const channel = CHANNEL_NAMES[(at * 3) % CHANNEL_NAMES.length] as ChannelName;
    const kind = kinds[(at * at) % kinds.length] as LossKind;
    const from_seq = 812_345 + at * 977;
    const lost = 1 + ((at * 7919) % 1543);
    const at_unix_ms = now - (count - at - 1) * 7_310;
    return { channel, kind, hop: HOP[kind], from_seq, to_seq: from_seq + lost + 40, count: lost, at_unix_ms };
  });
  const totals: Record<string, Record<LossKind, number>> = {};
  for (const { channel, kind, count: lost } of recent) {
    const total = (totals[channel] ??= { ...NONE });
    total[kind] += lost;
  }
  return { totals, recent };
}

/** Text of a row, about. */
const ROW_BYTES: Readonly<Record<ChannelKind, number>> = {
  "tx.main": 981,
  "pool.main": 1_204,
  "pool.state": 620,
  "feature.main": 402,
  "feature.top": 224,
  "opportunity.main": 1_610,
  "chain.main": 410,
  "market.main": 520,
  "market.bars": 310,
};

export function fakeMemory(rows: Readonly<Partial<Record<ChannelName, number>>>): MemoryReport {
  const channels = Object.fromEntries(
    (Object.entries(rows) as [ChannelName, number][]).map(([name, count]) => [
      name,
      { bytes: count * ROW_BYTES[kindOf(name)], rows: count, shed_rows: 0 },
    ]),
  ) as MemoryReport["channels"];
  const events = channels["pool.main"];
  if (events?.rows === CHANNELS["pool.main"].cap) channels["pool.main"] = { ...events, shed_rows: 312 };
  const views_bytes = 40_960;
  const held_bytes =
    Object.values(channels).reduce((sum, channel) => sum + channel.bytes, 0) + 182_204 + views_bytes;
  return { budget_bytes: 128 * 2 ** 20, held_bytes, details_bytes: 182_204, views_bytes, channels };
}

export const FAKE_COUNTERS: StreamCounters = {
  gaps: 4,
  duplicates: 11,
  frames_lost: 3,
  resyncs: 4,
  mismatches: 0,
  protocol_errors: 1,
  disconnects: 2,
};
