import { expect, it } from "vitest";
import { detailOf } from "./detail.ts";

const answer = (status: number, text: string) => ({ status, retry_after: null, text });

it.each([
  [answer(200, '{"hash":"0xab"}'), { kind: "found", detail: { hash: "0xab" } }],
  [answer(200, "[]"), { kind: "error", reason: "the server's answer is not a JSON object" }],
  [answer(200, "<html>"), { kind: "error", reason: "the server's answer is not a JSON object" }],
  [answer(404, '{"detail":"evicted"}'), { kind: "gone", reason: "evicted" }],
  [answer(404, "null"), { kind: "gone", reason: "the server does not hold it" }],
  [answer(400, '{"title":"bad hash"}'), { kind: "error", reason: "bad hash" }],
  [answer(500, ""), { kind: "error", reason: "HTTP 500" }],
  [new Error("connection refused"), { kind: "error", reason: "connection refused" }],
])("takes %j for %j", (given, expected) => {
  expect(detailOf(given)).toEqual(expected);
});
