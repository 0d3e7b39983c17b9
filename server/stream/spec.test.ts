/** docs/spec/stream-v2.md is held to the code: its tables, and a test for every rule. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CLOSE, LIMITS } from "../../protocol/stream/limits.ts";
import { SERVER_LIMITS } from "../limits.ts";

const SPEC = readFileSync(join(import.meta.dirname, "../../docs/spec/stream-v2.md"), "utf8");

const sorted = (ids: Iterable<string>) => [...new Set(ids)].toSorted((a, b) => a.localeCompare(b));

it("E10 the spec's close codes are the code's", () => {
  for (const { code, text, retry } of Object.values(CLOSE))
    expect(SPEC).toContain(`| ${code} | ${text} | ${retry} |`);
});

it("B3 the spec's limits are the code's", () => {
  for (const [name, value] of Object.entries(LIMITS)) expect(SPEC).toContain(`| \`${name}\` | ${value} |`);
  const { client_messages_per_s, client_burst_count } = SERVER_LIMITS;
  expect(SPEC).toContain(
    `${client_messages_per_s} messages a second, after a burst of ${client_burst_count}`,
  );
});

it("every rule has a test that begins with its id, and every id that a test begins with is a rule", () => {
  const rules = Array.from(SPEC.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm), ([, id]) => id ?? "");
  const names = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".test.ts"))
    .flatMap((file) => [
      ...readFileSync(join(import.meta.dirname, file), "utf8").matchAll(/\(\s*"([A-Z]\d+) /g),
    ]);
  expect(rules).toHaveLength(new Set(rules).size);
  expect(sorted(names.map(([, id]) => id ?? ""))).toEqual(sorted(rules));
});
