/**
 * Does the page hold what the server holds, while both go on? The page's rows are taken as they are, the changes since
 * are asked of the server and applied to the copy, and the copy's digest must be the one that came with the changes.
 */
import type { ChannelName } from "../../protocol/stream/channels.ts";
import { Digest } from "../../protocol/stream/digest.ts";
import type { ChannelSnapshot, Snapshot } from "../../protocol/stream/messages.ts";
import type { Contents } from "../dashboard.ts";

export interface DigestCheck {
  channel: ChannelName;
  rows: number;
  /** The page's rows have the digest that the page states. */
  own: boolean;
  /** With the changes since applied, they are the server's. */
  equal: boolean;
}

export async function checkDigest(
  server: string,
  epoch: string,
  channel: ChannelName,
  contents: Contents,
): Promise<DigestCheck> {
  const query = new URLSearchParams({ channels: channel, cursor: `${epoch}:${contents.seq}` });
  const answer = await fetch(`${server}/dashboard/snapshot-v2?${query}`);
  if (!answer.ok) throw new Error(`changes of ${channel}: ${answer.status} ${await answer.text()}`);
  const changes = ((await answer.json()) as Snapshot).channels[channel];
  if (changes === undefined) throw new Error(`changes of ${channel}: not in the answer`);
  return {
    channel,
    rows: contents.ids.length,
    own: digestOf(rowsOf(contents)) === contents.digest,
    // A window in full would say nothing of the page's rows.
    equal: changes.mode === "delta" && digestOf(applied(rowsOf(contents), changes)) === changes.digest,
  };
}

/** Seqs by id. */
function rowsOf({ ids, seqs }: Contents): Map<string, number> {
  return new Map(ids.map((id, at) => [id, seqs[at] as number]));
}

export function applied(
  rows: ReadonlyMap<string, number>,
  { upsert, remove, evict_before }: Pick<ChannelSnapshot, "upsert" | "remove" | "evict_before">,
): Map<string, number> {
  const after = new Map(rows);
  for (const id of remove) after.delete(id);
  for (const { id, seq } of upsert) after.set(id, seq);
  for (const [id, seq] of after) if (seq < evict_before) after.delete(id);
  return after;
}

export function digestOf(rows: ReadonlyMap<string, number>): string {
  const digest = new Digest();
  for (const [id, seq] of rows) digest.add(id, seq);
  return digest.toString();
}
