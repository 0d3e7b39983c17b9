/** docs/spec/stream-v2.md is held to the code: a test for every rule, its numbers, its table of close codes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CLOSE, LIMITS } from "../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../server/limits.ts";
import { BARS_LIMITS, MEMORY_LIMITS, PACE_LIMITS, VIEW_LIMITS } from "../workers/limits.ts";
import { SESSION_LIMITS } from "../workers/session/limits.ts";

const ROOT = join(import.meta.dirname, "..");
const ROOMS = ["protocol/stream", "model", "server", "workers", "src", "sim", "scripts", "e2e"];

const SPEC = readFileSync(join(ROOT, "docs/spec/stream-v2.md"), "utf8");
/** A rule runs to the next one, or to the end of its section. */
const RULES = Array.from(SPEC.matchAll(/^- \*\*([A-Z]\d+)\*\* ([^]*?)(?=\n- \*\*|\n\n|\n#)/gm), (match) => ({
  id: match[1] ?? "",
  text: (match[2] ?? "").replaceAll(/\s+/g, " "),
}));

/** Ids that names of `it`, `describe` and `test` begin with, one or several, each with the files that have it. */
function testedIds(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of ROOMS.flatMap(testFiles))
    for (const id of idsIn(readFileSync(join(ROOT, file), "utf8")))
      found.set(id, [...(found.get(id) ?? []), file]);
  return found;
}

/** A test that is skipped or still to be written holds nothing to a rule. */
function idsIn(source: string): string[] {
  const names = source.matchAll(/(?<!\.(?:skip|todo|fails))\(\s*["'`]((?:[A-Z]\d+ )+)/g);
  return Array.from(names, ([, ids = ""]) => ids.trim().split(" ")).flat();
}

function testFiles(room: string): string[] {
  return readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(test|spec)\.tsx?$/.test(file))
    .map((file) => join(room, file));
}

const s = (ms: number) => ms / 1_000;
const WORDS: Readonly<Record<number, string>> = { 0.5: "half", [2 / 3]: "two thirds" };

/** What a rule says with a number in it, built from the number that the code runs on. */
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  H4: [`at most ${s(SESSION_LIMITS.asked_wait_most_ms)} s`],
  S5: [
    `within ${s(LIMITS.identify_timeout_ms)} s of HELLO`,
    `no HELLO within ${s(SESSION_LIMITS.handshake_timeout_ms)} s`,
    `no SNAPSHOT_ACK ${s(SESSION_LIMITS.handshake_timeout_ms)} s after`,
  ],
  S6: [`After ${LIMITS.heartbeat_grace_intervals} intervals`],
  S8: [`within ${s(LIMITS.drain_bound_ms)} s`],
  S10: [`for ${WORDS[SESSION_LIMITS.dead_after_intervals]} of an interval`],
  S11: [
    `up to ${SESSION_LIMITS.backoff_first_ms} ms`,
    `up to ${s(SESSION_LIMITS.backoff_most_ms)} s`,
    `lived ${s(SESSION_LIMITS.healthy_session_ms)} s`,
  ],
  S12: [
    `After ${SESSION_LIMITS.breaker_failures_count} failures in a row`,
    `each ${s(SESSION_LIMITS.probe_least_ms)} to ${s(SESSION_LIMITS.probe_most_ms)} s`,
  ],
  S13: [`for ${SESSION_LIMITS.asleep_after_ms / 60_000} minutes`],
  R2: [`good for ${s(LIMITS.resume_token_ttl_ms)} s`],
  R5: [`after ${s(LIMITS.ahead_wait_ms)} s`],
  R6: [`at most ${s(SESSION_LIMITS.asked_wait_most_ms)} s`],
  O10: [`${VIEW_LIMITS.cut_ms} ms have passed`],
  D4: [`within ${s(SESSION_LIMITS.diverged_ms)} s`, `fetched again after ${s(SESSION_LIMITS.diverged_ms)} s`],
  C7: [
    `${SESSION_LIMITS.credit_count} outstanding`,
    `up to ${SESSION_LIMITS.backlog_credit_count} `,
    "1 when a commit",
    `over ${WORDS[PACE_LIMITS.commit_share]} of the frame cadence`,
  ],
  C8: [SESSION_LIMITS.trickle_ms === 1_000 ? "one credit a channel each second" : "no longer a second"],
  F5: [
    `After ${SERVER_LIMITS.send_slice_ms} ms of that`,
    `it has ${SERVER_LIMITS.rests_per_slice_count} times as long`,
  ],
  C10: [`waited ${s(LIMITS.degraded_after_ms)} s`, `kept up for ${s(LIMITS.restored_after_ms)} s`],
  B2: [`for ${s(LIMITS.drain_timeout_ms)} s`],
  B3: [
    `More than ${SERVER_LIMITS.client_messages_per_s} messages a second`,
    `a burst of ${SERVER_LIMITS.client_burst_count}`,
  ],
  // Measured by its test, which nothing runs on.
  B7: ["less than 20 MB"],
  B8: [
    `by bytes, ${MEMORY_LIMITS.budget_bytes / 1_048_576} MiB`,
    MEMORY_LIMITS.kept_one_in_count === 10 ? "never of the newest tenth" : "no longer a tenth",
  ],
  B10: [`at most ${BARS_LIMITS.followed_count} of bars`, `for ${s(BARS_LIMITS.linger_ms)} s after`],
  P1: ["in 0..`max_credit`"],
};

/** Numbers that mean something else: close codes, those that WebSocket gives, and HTTP's statuses. */
const CODES = new Set([
  ...Object.values(CLOSE).map(({ code }) => code),
  1002,
  1007,
  1008,
  200,
  400,
  403,
  409,
  503,
]);

it("reads the ids that tests begin with", () => {
  const call = (name: string, first: string) => `${name}(${first}, () => {});`;
  expect(idsIn(call("it", '"Q1 is so"'))).toEqual(["Q1"]);
  expect(idsIn(call("describe", "`Q1 Q22 ${RUNS} runs`"))).toEqual(["Q1", "Q22"]);
  expect(idsIn(call("it.each([1, 2])", "\n  'Q1 %i'"))).toEqual(["Q1"]);
  for (const name of ["it.skip", "test.todo"]) expect(idsIn(call(name, '"Q1 is so"'))).toEqual([]);
  expect(idsIn(call("it", '"is so, as Q1 says"'))).toEqual([]);
});

describe("docs/spec/stream-v2.md", () => {
  it("has each rule once", () => {
    const ids = RULES.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(50);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("has a test for each rule, whose name begins with its id", () => {
    const tested = testedIds();
    expect(RULES.map(({ id }) => id).filter((id) => !tested.has(id))).toEqual([]);
  });

  it("has a rule for each id that a test's name begins with", () => {
    const ids = new Set(RULES.map(({ id }) => id));
    const sections = new Set(RULES.map(({ id }) => id[0]));
    // V2 and the like are words, not ids: no section has their letter.
    const stray = [...testedIds()].filter(([id]) => sections.has(id[0]) && !ids.has(id));
    expect(stray).toEqual([]);
  });

  it.each(Object.entries(NUMBERS))("%s says the numbers that the code runs on", (id, fragments) => {
    const text = RULES.find((rule) => rule.id === id)?.text;
    for (const fragment of fragments) expect(text).toContain(fragment);
  });

  it("has no number in a rule that is not pinned here", () => {
    const loose = RULES.flatMap(({ id, text }) => {
      const pinned = (NUMBERS[id] ?? []).reduce((rest, fragment) => rest.replaceAll(fragment, ""), text);
      const plain = pinned.replaceAll(/`[^`]*`/g, "").replaceAll(/\b[A-Z]\d+\b|\b(32|64)-bit/g, "");
      return Array.from(plain.matchAll(/\d+(?:\.\d+)?/g), ([number]) => Number(number))
        .filter((number) => !CODES.has(number))
        .map((number) => `${id}: ${number}`);
    });
    expect(loose).toEqual([]);
  });

  it("names no limit that is not in the table of both ends", () => {
    const named = Array.from(SPEC.matchAll(/`(max_\w+|\w+_(?:ms|bytes|count))`/g), ([, name]) => name ?? "");
    const known = new Set([...Object.keys(LIMITS), "server_time_unix_ms"]);
    expect(named.filter((name) => !known.has(name) && name !== "after_ms")).toEqual([]);
  });

  it("E10 has the close codes of the code, and no other", () => {
    const rows = Array.from(SPEC.matchAll(/^\| (\d{4}) \| (.+) \| (.+) \|$/gm), ([row]) => row);
    expect(rows).toEqual(
      Object.values(CLOSE).map(({ code, text, retry }) => `| ${code} | ${text} | ${retry} |`),
    );
  });
});
