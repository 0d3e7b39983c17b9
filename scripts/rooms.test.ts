/**
 * The house rules that lint keeps, each proved to fire: the real configuration over fixtures that break it, in folders
 * named like the rooms. `mayImport` is who may import whom, written a second time on purpose.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

const mayImport: Record<string, readonly string[]> = {
  protocol: [],
  model: ["protocol"],
  server: ["protocol", "model"],
  "mock-server": ["protocol", "model", "server"],
  lab: ["protocol", "model", "server"],
  workers: ["protocol", "model"],
  src: ["protocol"],
  sim: ["protocol", "model", "server", "workers"],
};
const rooms = Object.keys(mayImport);
const outside = ["e2e", "bench", "scripts"];

const pairs = rooms.flatMap((from) =>
  [...rooms, ...outside].filter((to) => to !== from).map((to) => ({ from, to })),
);
const allowed = pairs.filter(({ from, to }) => mayImport[from]?.includes(to));
const forbidden = pairs.filter(({ from, to }) => !mayImport[from]?.includes(to));

const RESTRICTED_IMPORT = "eslint(no-restricted-imports)";
const RESTRICTED_PROPERTY = "eslint(no-restricted-properties)";
const RESTRICTED_GLOBAL = "eslint(no-restricted-globals)";
const HOUSE_RULES = [RESTRICTED_IMPORT, RESTRICTED_PROPERTY, RESTRICTED_GLOBAL];

const CLOCK = "export const now = () => Date.now();\n";
const TIMER = "export const later = (call: () => void) => setTimeout(call, 1);\n";
const importOf = (path: string) => `import { value } from "${path}";\nexport const copy = value;\n`;

/** A fixture: its path, its text, and the rule that must fire on it, or null where no house rule may. */
interface Fixture {
  path: string;
  text: string;
  rule: string | null;
}

const fixtures: Fixture[] = [
  ...forbidden.map(({ from, to }) => ({
    path: `${from}/deep/static-${to}.ts`,
    text: importOf(`../../${to}/target.ts`),
    rule: RESTRICTED_IMPORT,
  })),
  ...forbidden.map(({ from, to }) => ({
    path: `${from}/re-export-${to}.ts`,
    text: `export { value } from "../${to}/target.ts";\n`,
    rule: RESTRICTED_IMPORT,
  })),
  ...forbidden.map(({ from, to }) => ({
    path: `${from}/dynamic-${to}.ts`,
    text: `export const load = () => import("../${to}/target.ts");\n`,
    rule: RESTRICTED_IMPORT,
  })),
  ...allowed.map(({ from, to }) => ({
    path: `${from}/allowed-${to}.ts`,
    text: importOf(`../${to}/target.ts`),
    rule: null,
  })),
  { path: "src/store.ts", text: importOf("../workers/store/store.ts"), rule: RESTRICTED_IMPORT },
  { path: "src/api-value.ts", text: importOf("../workers/api.ts"), rule: RESTRICTED_IMPORT },
  {
    path: "src/api-type.ts",
    text: 'import type { Api } from "../workers/api.ts";\nexport type Copy = Api;\n',
    rule: null,
  },
  { path: "src/handle.ts", text: importOf("../workers/handle.ts"), rule: null },
  {
    path: "server/cycle-a.ts",
    text: 'import { b } from "./cycle-b.ts";\nexport const a = () => b;\n',
    rule: "import(no-cycle)",
  },
  {
    path: "server/cycle-b.ts",
    text: 'import { a } from "./cycle-a.ts";\nexport const b = () => a;\n',
    rule: "import(no-cycle)",
  },
  ...["protocol", "model", "server", "workers"].flatMap((room) => [
    { path: `${room}/clock-reader.ts`, text: CLOCK, rule: RESTRICTED_PROPERTY },
    {
      path: `${room}/chance.ts`,
      text: "export const roll = () => Math.random();\n",
      rule: RESTRICTED_PROPERTY,
    },
    { path: `${room}/timer.ts`, text: TIMER, rule: RESTRICTED_GLOBAL },
    {
      path: `${room}/socket.ts`,
      text: 'export const open = () => new WebSocket("ws://x");\n',
      rule: RESTRICTED_GLOBAL,
    },
  ]),
  { path: "src/now.ts", text: CLOCK, rule: RESTRICTED_PROPERTY },
  { path: "server/clock.ts", text: CLOCK + TIMER, rule: null },
  { path: "workers/main.ts", text: CLOCK + TIMER, rule: null },
  { path: "server/long.ts", text: "export const line = 1;\n".padEnd(500, "\n"), rule: "eslint(max-lines)" },
  {
    path: "server/focused.test.ts",
    text: 'import { expect, it } from "vitest";\nit.only("x", () => expect(1).toBe(1));\n',
    rule: "vitest(no-focused-tests)",
  },
  {
    path: "src/any.ts",
    text: "export const first = (list: any) => list;\n",
    rule: "typescript(no-explicit-any)",
  },
];

interface Report {
  diagnostics: { filename: string; code: string }[];
}

/** Runs oxlint in `folder`; it exits non-zero where it finds something, with the same report on stdout. */
function lint(folder: string): Report {
  const args = [join(ROOT, "node_modules", "oxlint", "bin", "oxlint"), "--format", "json"];
  try {
    return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" })) as Report;
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout) as Report;
  }
}

describe("house rules", () => {
  let folder: string;
  const found = new Map<string, Set<string>>();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mempulse-rooms-"));
    copyFileSync(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    const targets = [...rooms, ...outside].map((room) => `${room}/target.ts`);
    for (const path of [...targets, "workers/store/store.ts", "workers/handle.ts"]) {
      write(path, "export const value = 1;\n");
    }
    write("workers/api.ts", "export const value = 1;\nexport type Api = number;\n");
    for (const { path, text } of fixtures) write(path, text);
    for (const { filename, code } of lint(folder).diagnostics) {
      found.set(filename, (found.get(filename) ?? new Set()).add(code));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  it.each(fixtures.filter(({ rule }) => rule !== null))("$rule fires on $path", ({ path, rule }) => {
    expect([...(found.get(path) ?? [])]).toContain(rule);
  });

  it.each(fixtures.filter(({ rule }) => rule === null))("$path is allowed", ({ path }) => {
    expect(HOUSE_RULES.filter((rule) => found.get(path)?.has(rule))).toEqual([]);
  });
});
