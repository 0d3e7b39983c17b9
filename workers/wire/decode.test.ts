import fc from "fast-check";
import { Check } from "typebox/value";
import { expect, it } from "vitest";
import { SERVER_MESSAGES, Snapshot } from "../../protocol/stream/messages.ts";
import { decodeFrame, decodeSnapshot } from "./decode.ts";

const row = { id: "0xa", seq: 3, price: null };
const FRAMES = {
  HELLO: {
    op: "HELLO",
    protocol: 2,
    encodings: ["json"],
    heartbeat_interval_ms: 15000,
    session_id: "s",
    server_time_unix_ms: 1,
    epoch: "e-1",
    limits: { max_entities_per_batch: 500, max_frame_bytes: 1, max_flush_interval_ms: 100, max_credit: 64 },
  },
  SNAPSHOT_ACK: {
    op: "DISPATCH",
    type: "SNAPSHOT_ACK",
    session_id: "s",
    resume_token: "",
    resumed: false,
    channel_seq: { "tx.main": 5 },
  },
  DELTA_BATCH: {
    op: "DISPATCH",
    type: "DELTA_BATCH",
    seq: 5,
    prev_seq: 2,
    channel: "tx.main",
    patch: { upsert: [row], remove: ["0xb"], evict_before: 1 },
    changes: 2,
    evicted: 0,
    watermark: { latest_ingest_seq: 9, event_time_unix_ms: 10, count: 1, digest: "00" },
  },
  RESYNC_REQUIRED: { op: "DISPATCH", type: "RESYNC_REQUIRED", channel: "tx.main", reason: "out_of_reach" },
  NOTICE: {
    op: "DISPATCH",
    type: "NOTICE",
    code: "degraded",
    channel: "tx.main",
    rung: "coalesced",
    detail: "",
  },
  HEARTBEAT_ACK: {
    op: "HEARTBEAT_ACK",
    server_time_unix_ms: 1,
    resume_token: "t",
    channels: { "tx.main": { seq: 1, head: 2, credit: 1, reach: 0 } },
  },
  INVALID_SESSION: { op: "INVALID_SESSION", reason: "epoch_changed" },
  RECONNECT: { op: "RECONNECT", reason: "draining", after_ms: 100 },
};
const SNAPSHOT = {
  epoch: "e-1",
  revision: 5,
  snapshot_seq: 5,
  cursor: "e-1:5",
  server_time_unix_ms: 1,
  resume_token_ttl_ms: 1,
  watermark: { latest_ingest_seq: 9, event_time_unix_ms: 10 },
  channels: {
    "tx.main": { mode: "full", cap: 5, count: 1, digest: "00", upsert: [row], remove: [], evict_before: 0 },
  },
};

/** Every path into a JSON value. */
function paths(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}

function changed(value: unknown, path: (string | number)[], to: unknown): unknown {
  if (path.length === 0) return to;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1)!;
  if (to === undefined) delete at[last];
  else at[last] = to;
  return copy;
}

const replacements = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom<unknown>(
    null,
    -1,
    0,
    1,
    99,
    100,
    0.5,
    2 ** 53,
    7,
    "",
    "full",
    true,
    [],
    {},
    [null],
    [[]],
    { a: 1 },
    { a: -1 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

it("takes each frame as the event that it means", () => {
  const types = Object.values(FRAMES).map((frame) => decodeFrame(JSON.stringify(frame), 7));
  expect(types.map((event) => event.type)).toEqual([
    "hello",
    "snapshot_ack",
    "batch",
    "resync_required",
    "notice",
    "heartbeat_ack",
    "invalid_session",
    "reconnect",
  ]);
  for (const event of types) expect(event).toHaveProperty("connection", 7);
});

it("E11 refuses exactly what the schemas refuse, whatever field is changed to whatever", () => {
  const seen = { taken: 0, refused: 0 };
  for (const name of Object.keys(FRAMES) as (keyof typeof FRAMES)[]) {
    const frame = FRAMES[name];
    const fields = paths(frame).filter(
      ([first]) => first !== undefined && first !== "op" && first !== "type",
    );
    fc.assert(
      fc.property(fc.constantFrom(...fields), replacements, (path, to) => {
        const text = JSON.stringify(changed(frame, path, to));
        const taken = decodeFrame(text, 1).type !== "malformed";
        expect(taken, text).toBe(Check(SERVER_MESSAGES[name], JSON.parse(text)));
        seen[taken ? "taken" : "refused"]++;
      }),
    );
  }
  expect(seen.taken).toBeGreaterThan(30);
  expect(seen.refused).toBeGreaterThan(300);
});

it("E11 refuses exactly the snapshots that the schema refuses", () => {
  fc.assert(
    fc.property(fc.constantFrom(...paths(SNAPSHOT)), replacements, (path, to) => {
      const text = JSON.stringify(changed(SNAPSHOT, path, to) ?? null);
      expect("snapshot" in decodeSnapshot(text), text).toBe(Check(Snapshot, JSON.parse(text)));
    }),
    { numRuns: 400 },
  );
});

it("E11 refuses a HELLO that the client would spin or starve by, and a window that holds nothing", () => {
  const faultOf = (path: string[], to: number) => {
    const event = decodeFrame(JSON.stringify(changed(FRAMES.HELLO, path, to)), 1);
    return event.type === "malformed" ? event.reason : event.type;
  };
  expect(faultOf(["heartbeat_interval_ms"], 100)).toBe("hello");
  for (const short of [99, 0, -15_000]) {
    expect(faultOf(["heartbeat_interval_ms"], short)).toBe("HELLO: bad heartbeat_interval_ms");
  }
  for (const limit of Object.keys(FRAMES.HELLO.limits)) {
    expect(faultOf(["limits", limit], 1)).toBe("hello");
    expect(faultOf(["limits", limit], 0)).toBe(`HELLO: bad limits.${limit}`);
  }
  const capless = JSON.stringify(changed(SNAPSHOT, ["channels", "tx.main", "cap"], 0));
  expect(decodeSnapshot(capless)).toEqual({ fault: "snapshot: bad channels" });
});

it("E11 answers any text without throwing", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(decodeFrame(text, 1).type).toBe("malformed");
      expect(decodeSnapshot(text)).toHaveProperty("fault");
    }),
  );
});

it("E11 names the op and the field", () => {
  const reasonOf = (frame: unknown) => {
    const event = decodeFrame(JSON.stringify(frame), 1);
    return event.type === "malformed" ? event.reason : null;
  };
  expect(reasonOf(changed(FRAMES.DELTA_BATCH, ["watermark", "digest"], 5))).toBe(
    "DELTA_BATCH: bad watermark.digest",
  );
  expect(reasonOf({ op: "toString" })).toBe("a frame of unknown op toString");
  expect(reasonOf([])).toBe("a frame that is not a JSON object");
});
