/**
 * `npm test`: installs what is missing, runs every check in the order of how soon it says something, and goes on after
 * one that fails. `--full` also runs the long soak. Ends with each step's time and the line `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkNode, ensureBuilt, ensureInstalled, ROOT, run, runTool, say, seconds } from "./prepare.mjs";

const ARTIFACTS = join(ROOT, "artifacts");
const VITEST_REPORT = join(ARTIFACTS, "vitest.json");
const PLAYWRIGHT_REPORT = join(ARTIFACTS, "playwright.json");

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

function vitestCounts() {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = readJson(VITEST_REPORT);
  // A file that does not load has no tests of its own that could fail.
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests };
}

function playwrightCounts() {
  const { stats, errors } = readJson(PLAYWRIGHT_REPORT);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/** A program of Debian's that tests drive, installed where that is allowed. Gives an exit code. */
async function ensureProgram(isThere, packages, what) {
  if (isThere) return 0;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    say(`${what} need ${packages[0]}: sudo apt-get install ${packages.join(" ")}`);
    return 1;
  }
  say(`Installing ${packages[0]} (apt-get) ...`);
  const options = {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  const updated = await run("apt-get", ["-qq", "update"], options);
  if (updated !== 0) return updated;
  return run("apt-get", ["-qq", "install", "--yes", "--no-install-recommends", ...packages], options);
}

const hasPython = () => spawnSync("python3", ["--version"]).status === 0;
const ensurePython = () => ensureProgram(hasPython(), ["python3"], "The tests of the Python client");
const hasChromium = () => existsSync("/usr/bin/chromium");
const ensureChromium = () =>
  ensureProgram(hasChromium(), ["chromium", "fonts-liberation"], "The browser tests");

/** Every check: `counts` reads a runner's report; `needs` names a step without which it cannot run. */
function steps(full) {
  const soak = ["--import", "tsx", join("e2e", "soak", "main.ts"), "--minutes", "60", "--rate", "20"];
  return [
    { name: "types", run: () => runTool("typescript/bin/tsc", ["-p", "tsconfig.json"]) },
    {
      name: "types of the pure rooms",
      run: () => runTool("typescript/bin/tsc", ["-p", "tsconfig.pure.json"]),
    },
    { name: "lint", run: () => runTool("oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"]) },
    { name: "format", run: () => runTool("@biomejs/biome/bin/biome", ["check", "."]) },
    { name: "unused code", run: () => runTool("knip/bin/knip.js", []) },
    { name: "python", run: ensurePython },
    {
      name: "unit",
      run: () =>
        runTool("vitest/vitest.mjs", [
          "run",
          "--reporter=default",
          "--reporter=json",
          `--outputFile.json=${VITEST_REPORT}`,
        ]),
      counts: vitestCounts,
    },
    { name: "build", run: ensureBuilt },
    { name: "size", needs: "build", run: () => runTool("size-limit/bin.js", []) },
    { name: "chromium", run: ensureChromium },
    {
      name: "browser",
      needs: ["build", "chromium"],
      run: () => runTool("@playwright/test/cli.js", ["test", "-c", join("e2e", "playwright.config.ts")]),
      counts: playwrightCounts,
    },
    ...(full ? [{ name: "soak", needs: ["build", "chromium"], run: () => run(process.execPath, soak) }] : []),
  ];
}

/** Runs one step; a runner that leaves no report counts as one failed test. */
async function runStep(step, failed) {
  const missing = [step.needs ?? []].flat().filter((name) => failed.has(name));
  if (missing.length > 0) {
    say(`not run, for ${missing.join(" and ")} failed`);
    return { ok: false };
  }
  const ok = (await step.run()) === 0;
  if (step.counts === undefined) return { ok };
  try {
    return { ok, counts: step.counts() };
  } catch (error) {
    say(`no report from ${step.name}: ${error.message}`);
    return { ok: false, counts: { failed: 1 } };
  }
}

checkNode();
await ensureInstalled();
mkdirSync(ARTIFACTS, { recursive: true });
for (const report of [VITEST_REPORT, PLAYWRIGHT_REPORT]) rmSync(report, { force: true });

const failed = new Set();
const totals = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
for (const step of steps(process.argv.includes("--full"))) {
  console.log(`\n== ${step.name}`);
  const start = Date.now();
  const { ok, counts } = await runStep(step, failed);
  if (!ok) failed.add(step.name);
  for (const key of Object.keys(counts ?? {})) totals[key] += counts[key];
  summary.push(`${ok ? "ok    " : "FAILED"}  ${step.name.padEnd(24)}${seconds(start).padStart(9)}`);
}

console.log(`\n${summary.join("\n")}\n`);
console.log(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ""}`,
);
process.exitCode = failed.size === 0 && totals.failed === 0 ? 0 : 1;
