import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLIENT_MESSAGES } from "../../protocol/stream/messages.ts";
import { readClientMessage } from "./inbound.ts";

const VALID = [
  { op: "IDENTIFY", protocol: 2, snapshot_seq: 0, epoch: "e", subscriptions: ["tx.main"], client: "test/1" },
  {
    op: "RESUME",
    protocol: 2,
    session_id: "sess_1",
    resume_token: "payload.signature",
    last_seq: 7,
    channel_seq: { "tx.main": 9 },
    subscriptions: ["tx.main"],
  },
  { op: "CREDIT", channel_credit: { "tx.main": 2, "market.bars:TSLA:500ms": 1 } },
  { op: "RESYNC", channel_seq: { "tx.main": 1 } },
  { op: "SUBSCRIBE", channel_seq: {} },
  { op: "UNSUBSCRIBE", channels: ["pool.main"] },
  { op: "HEARTBEAT", channel_seq: { "tx.main": 9_007_199_254_740_991 } },
];

describe("E6 a client's text", () => {
  it("is read for every op", () => {
    expect(VALID.map(({ op }) => op).toSorted()).toEqual(Object.keys(CLIENT_MESSAGES).toSorted());
    for (const message of VALID) {
      expect(readClientMessage(JSON.stringify(message))).toEqual({ kind: "message", message });
    }
  });

  it.each([
    [{ op: "CREDIT", channel_credit: { "tx.main": 1.5 } }, "CREDIT /channel_credit/tx.main: must be integer"],
    [
      { op: "CREDIT", channel_credit: { "tx.main": 1025 } },
      "CREDIT /channel_credit/tx.main: must be <= 1024",
    ],
    [{ op: "RESYNC", channel_seq: { "tx.main": -1 } }, "RESYNC /channel_seq/tx.main: must be >= 0"],
    [{ op: "RESYNC", channel_seq: { ["x".repeat(129)]: 1 } }, /^RESYNC \/channel_seq\/x+: no such field/],
    [{ op: "UNSUBSCRIBE", channels: [7] }, "UNSUBSCRIBE /channels/0: must be string"],
    [{ op: "HEARTBEAT" }, "HEARTBEAT /: must have required properties channel_seq"],
    [{ op: "__proto__" }, 'no op "__proto__"'],
    [{ op: "toString" }, 'no op "toString"'],
  ])("is refused with op and field: %j", (message, detail) => {
    const inbound = readClientMessage(JSON.stringify(message));
    expect(inbound).toHaveProperty(
      "detail",
      typeof detail === "string" ? detail : (expect.stringMatching(detail) as string),
    );
  });

  it("is refused in a few words, however long its own are", () => {
    const long = "x".repeat(60_000);
    const messages = [
      { op: long },
      { op: "RESYNC", channel_seq: { [long]: 1 } },
      { op: "HEARTBEAT", channel_seq: {}, [long]: 1 },
    ];
    for (const text of [long, ...messages.map((message) => JSON.stringify(message))]) {
      const inbound = readClientMessage(text);
      expect("detail" in inbound ? inbound.detail.length : Number.NaN).toBeLessThan(200);
    }
  });

  it("never makes it throw, whatever it is", () => {
    const near = fc.record({
      op: fc.constantFrom(...Object.keys(CLIENT_MESSAGES)),
      channel_seq: fc.jsonValue(),
      channel_credit: fc.jsonValue(),
      channels: fc.jsonValue(),
    });
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      near.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(["message", "refused"]).toContain(readClientMessage(given).kind);
      }),
      { numRuns: 500 },
    );
  });
});
