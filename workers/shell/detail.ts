/** What an answer to GET /transactions/{hash} means. */
import type { DetailResult } from "../api.ts";
import { isObject } from "../wire/shape.ts";
import type { Answer } from "./environment.ts";
import { problemOf } from "./problem.ts";

export function detailOf(answer: Answer | Error): DetailResult {
  if (answer instanceof Error) return { kind: "error", reason: answer.message };
  const { status, text } = answer;
  if (status === 404) return { kind: "gone", reason: problemOf(text) ?? "the server does not hold it" };
  if (status !== 200) return { kind: "error", reason: problemOf(text) ?? `HTTP ${status}` };
  try {
    const detail: unknown = JSON.parse(text);
    if (isObject(detail)) return { kind: "found", detail };
  } catch {
    // Said below, as for any other body.
  }
  return { kind: "error", reason: "the server's answer is not a JSON object" };
}
