/** Losses, memory and counters as a stream with some trouble behind it has them. */
import { CHANNEL_NAMES, CHANNELS, type ChannelName } from "../../protocol/stream/channels.ts";
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

export function fakeMemory(rows: Readonly<Record<ChannelName, number>>): MemoryReport {
  const bytes: Readonly<Record<ChannelName, number>> = {
    "tx.main": 981,
    "pool.main": 1_204,
    "pool.state": 620,
    "chain.main": 410,
  };
  const channels = Object.fromEntries(
    CHANNEL_NAMES.map((name) => [name, { bytes: rows[name] * bytes[name], rows: rows[name], shed_rows: 0 }]),
  ) as MemoryReport["channels"];
  const shed_rows = Math.floor(rows["pool.main"] / CHANNELS["pool.main"].cap) * 312;
  channels["pool.main"] = { ...channels["pool.main"], shed_rows };
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
