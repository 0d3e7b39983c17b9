import { CHANNEL_NAMES, type ChannelName, isMainChannel } from "../../protocol/stream/channels.ts";
import type { StreamStatus } from "../../workers/api.ts";
import { channelTitle } from "../channels.ts";
import { age, count, milliseconds, percent, utc } from "../format.ts";
import { useClock } from "../stores/clock.ts";
import { useMetrics } from "../stores/metrics.ts";
import { useStatus } from "../stores/status.ts";
import { TEXT } from "../text.ts";
import styles from "./ConnectionFacts.module.css";
import { explain } from "./connection.ts";

/** Event time further back than this is a recording's: how far says nothing about lag. */
const RECORDED_AFTER_MS = 24 * 3_600_000;

/** The popover under the pill. It exists only while it is open, so it may read every status. */
export function ConnectionFacts({ id }: { id: string }) {
  const status = useStatus((state) => state.status);
  const metrics = useMetrics((state) => state.metrics);
  const now = useClock((clock) => clock.now);
  const text = TEXT.connection;
  const optional = (ms: number | null) => (ms === null ? text.unknown : milliseconds(ms));

  const drops = metrics?.ui_render_drop_ratio ?? null;
  const facts: [label: string, value: string][] = [
    [text.facts.server, status?.server ?? text.unknown],
    [text.facts.epoch, status?.epoch ?? text.unknown],
    [text.facts.seq, status === null ? text.unknown : count(status.seq)],
    [text.facts.eventTime, status === null ? text.unknown : eventTime(status.event_unix_ms, now)],
    [text.facts.lastFrame, lastFrame(status?.last_frame_unix_ms ?? null, now)],
    [text.facts.lag, optional(metrics?.ui_receive_to_paint_ms ?? null)],
    [text.facts.apply, optional(metrics?.ui_delta_apply_ms ?? null)],
    [text.facts.gaps, count(metrics?.ui_stream_gap_count ?? 0)],
    [text.facts.queue, count(metrics?.ui_delta_queue_depth ?? 0)],
    [text.facts.drops, drops === null ? text.unknown : percent(drops)],
  ];
  return (
    <div id={id} className={styles.popover} data-testid="connection-facts">
      <p>{explain(status, now)}</p>
      <dl>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
      <table>
        <caption className="sr-only">{text.channels}</caption>
        <tbody>
          {named(status?.channels ?? {}).map((name) => {
            const channel = status?.channels[name];
            return (
              <tr key={name}>
                <th scope="row" title={channelTitle(name)}>
                  {channelTitle(name)}
                </th>
                <td>{channel === undefined ? text.unknown : rows(channel.count)}</td>
                <td>{channel === undefined ? text.unknown : count(channel.seq)}</td>
                <td data-differs={channel?.digest_ok === false || undefined}>
                  {channel === undefined
                    ? text.unknown
                    : channel.digest_ok
                      ? `✓ ${text.digestEqual}`
                      : `≠ ${text.digestDiffers}`}
                </td>
                <td data-rung={channel?.rung}>{channel === undefined ? "" : text.rung[channel.rung]}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The eight, and the channels of bars that are followed. */
function named(channels: StreamStatus["channels"]): ChannelName[] {
  const bars = (Object.keys(channels) as ChannelName[]).filter((name) => !isMainChannel(name));
  return [...CHANNEL_NAMES, ...bars];
}

function eventTime(unixMs: number, now: number): string {
  if (unixMs === 0) return TEXT.connection.unknown;
  const behind = now - unixMs;
  return behind > RECORDED_AFTER_MS ? utc(unixMs) : `${utc(unixMs)}, ${TEXT.connection.behind(age(behind))}`;
}

function rows(held: number): string {
  return held === 1 ? TEXT.table.countOne : TEXT.table.count(count(held));
}

function lastFrame(unixMs: number | null, now: number): string {
  return unixMs === null ? TEXT.connection.noFrameYet : TEXT.connection.ago(age(now - unixMs));
}
