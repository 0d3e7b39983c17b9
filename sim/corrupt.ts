/**
 * Frames and bodies with one thing wrong in them. What TCP and TLS rule out, and no digest over (id, seq) can see, is left
 * out: another value in a row's own fields.
 */
import type { Random } from "../workers/testing/random.ts";

type Json = Record<string, unknown>;

/** Another text: not JSON, not of its shape, or with a field that says something else. */
export function corrupt(text: string, random: Random): string {
  const draw = random.next();
  if (draw < 0.15) return text.slice(0, random.below(text.length));
  if (draw < 0.25) return "\u0000\ufffd";
  const frame = JSON.parse(text) as Json;
  if (draw < 0.45) {
    const fields = Object.keys(frame);
    if (fields.length > 0) frame[random.pick(fields)] = null;
  } else {
    alter(frame, random);
  }
  return JSON.stringify(frame);
}

function alter(frame: Json, random: Random): void {
  switch (frame["type"] ?? frame["op"]) {
    case "DELTA_BATCH":
      alterBatch(frame, random);
      return;
    case "HEARTBEAT_ACK":
      for (const channel of Object.values(frame["channels"] as Record<string, Json>)) {
        channel[random.pick(["seq", "credit"])] = random.below(60);
      }
      return;
    case "HELLO":
      if (random.chance(0.3)) frame["protocol"] = 3;
      else frame["epoch"] = "e-other";
      return;
    case "IDENTIFY":
    case "RESUME":
      if (random.chance(0.3)) frame["protocol"] = 1;
      else if (random.chance(0.5)) frame["op"] = "HELLO";
      else if (frame["op"] === "IDENTIFY") frame["epoch"] = "e-other";
      else frame["resume_token"] = `${frame["resume_token"] as string}x`;
      return;
    case "CREDIT":
      frame["channel_credit"] = { "no.such": 1 };
      return;
    default:
      // A snapshot, a problem, a detail or a frame with nothing in it that could be taken for something else.
      if (frame["channels"] !== undefined && frame["snapshot_seq"] !== undefined)
        alterSnapshot(frame, random);
      else frame["op"] = "CREDITS";
  }
}

function alterBatch(frame: Json, random: Random): void {
  const patch = frame["patch"] as { upsert: Json[]; remove: string[] };
  const watermark = frame["watermark"] as Json;
  const draw = random.below(5);
  if (draw === 0) frame["prev_seq"] = (frame["prev_seq"] as number) + 1;
  else if (draw === 1 && patch.upsert.length > 0) patch.upsert.pop();
  else if (draw === 2 && patch.upsert.length > 0) patch.upsert[0]!["id"] = "another";
  else if (draw === 3) patch.remove.push("nobody");
  else watermark["digest"] = watermark["digest"] === null ? null : "0123456789abcdef";
}

function alterSnapshot(body: Json, random: Random): void {
  const channels = Object.values(body["channels"] as Record<string, Json>);
  if (channels.length === 0) return;
  const channel = random.pick(channels);
  const rows = channel["upsert"] as Json[];
  if (rows.length > 0 && random.chance(0.5)) rows.pop();
  else channel["digest"] = "0123456789abcdef";
}
