/** What this client did not get to see: totals by kind of channel and of loss, and where the last losses lie. Immutable, bounded. */
import { type ChannelName, kindOf } from "../../protocol/stream/channels.ts";
import type { DeltaBatch } from "../../protocol/stream/messages.ts";
import type { Loss, LossKind, LossReport, LossTotals } from "../api.ts";
import type { EventOf } from "./events.ts";
import { SESSION_LIMITS } from "./limits.ts";
import type { Session } from "./state.ts";
import { type Step, stay } from "./step.ts";

const HOP: Readonly<Record<LossKind, Loss["hop"]>> = {
  coalesced: "server",
  evicted: "server",
  gap: "link",
  out_of_reach: "server",
  shed: "client",
};

export const NO_LOSSES: LossReport = { totals: {}, recent: [] };
const NONE: LossTotals = {
  coalesced: 0,
  evicted: 0,
  gap: 0,
  out_of_reach: 0,
  shed: 0,
};

/** A count of 0 is no loss. One that goes on where the last of its channel and kind ends is one with it. */
export function withLoss(report: LossReport, loss: Omit<Loss, "hop">): LossReport {
  const { channel, kind, count } = loss;
  if (count <= 0) return report;
  const before = report.totals[kindOf(channel)] ?? NONE;
  const totals = { ...report.totals, [kindOf(channel)]: { ...before, [kind]: before[kind] + count } };
  const last = report.recent.findLast((each) => each.channel === channel && each.kind === kind);
  const joins = last !== undefined && loss.from_seq <= last.to_seq && last.from_seq <= loss.to_seq;
  const placed: Loss = { ...loss, hop: HOP[kind] };
  if (!joins)
    return { totals, recent: [...report.recent, placed].slice(-SESSION_LIMITS.recent_losses_count) };
  const joined: Loss = {
    ...placed,
    from_seq: Math.min(last.from_seq, loss.from_seq),
    to_seq: Math.max(last.to_seq, loss.to_seq),
    count: last.count + count,
  };
  return { totals, recent: [...report.recent.filter((each) => each !== last), joined] };
}

/** For another epoch: ranges of the last one's seqs say nothing among its own. The totals stay. */
export function withoutPlaces(report: LossReport): LossReport {
  return report.recent.length === 0 ? report : { ...report, recent: [] };
}

/** What a batch that is applied says was left out of it. */
export function withBatch(
  report: LossReport,
  channel: ChannelName,
  { changes, evicted, patch, prev_seq, seq }: DeltaBatch,
  at_unix_ms: number,
): LossReport {
  const range = { channel, from_seq: prev_seq, to_seq: seq, at_unix_ms };
  const coalesced = changes - evicted - patch.upsert.length - patch.remove.length;
  const next = withLoss(report, { ...range, kind: "coalesced", count: coalesced });
  return withLoss(next, { ...range, kind: "evicted", count: evicted });
}

export function onShed(state: Session, event: EventOf<"shed">, now: number): Step {
  const { channel, from_seq, to_seq, count } = event;
  const loss = { channel, kind: "shed", from_seq, to_seq, count, at_unix_ms: now } as const;
  return stay({ ...state, losses: withLoss(state.losses, loss) });
}
