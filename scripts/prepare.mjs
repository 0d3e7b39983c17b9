/**
 * What `npm start` and `npm test` share: Node checked, packages installed, page built, each only when it is needed.
 * Plain Node without dependencies, for it runs before any is there; what it says goes to stderr, in a few lines.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const MINIMUM_NODE = [20, 16];

/** What the built page is made of; its hash stands in BUILD_STAMP. */
const PAGE_INPUTS = [
  "src",
  "workers",
  "model",
  "protocol",
  "index.html",
  "vite.config.ts",
  "package-lock.json",
];
const PAGE = join(ROOT, "dist", "page");
const BUILD_STAMP = join(ROOT, "dist", "page.sha256");

export function say(line) {
  process.stderr.write(`${line}\n`);
}

export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Exits with one line when this Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const enough = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1]);
  if (enough) return;
  say(`mempulse needs Node ${MINIMUM_NODE.join(".")} or newer; this is ${process.versions.node}`);
  process.exit(1);
}

let running = null;
let stopped = null;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    stopped = signal;
    if (running) running.kill(signal);
    else endBy(signal);
  });
}

/** Ends this process by the signal itself, so that its parent sees how. */
function endBy(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/**
 * Runs one child to its end and gives its exit code. SIGINT and SIGTERM to us go to it; once it has ended by one, so do
 * we, and nothing is left behind.
 */
export function run(command, args, options = {}) {
  if (stopped !== null) endBy(stopped);
  return new Promise((resolve, reject) => {
    running = spawn(command, args, { cwd: ROOT, stdio: "inherit", ...options });
    running.once("error", (error) => {
      running = null;
      reject(error);
    });
    running.once("exit", (code, signal) => {
      running = null;
      if (signal !== null) endBy(signal);
      else if (stopped !== null && code !== 0) endBy(stopped);
      else resolve(code);
    });
  });
}

/** Runs a package's command-line script, given by its path in node_modules. */
export function runTool(script, args, options) {
  return run(process.execPath, [join(ROOT, "node_modules", script), ...args], options);
}

/** To our stderr, so that our stdout stays the program's own. */
const TO_STDERR = { stdio: ["ignore", 2, 2] };

/** Whether node_modules holds what the lock file names: npm keeps its own copy of the lock inside, written last. */
function isInstalled() {
  const read = (path) => JSON.parse(readFileSync(join(ROOT, path), "utf8")).packages;
  let installed;
  try {
    installed = read("node_modules/.package-lock.json");
  } catch {
    return false;
  }
  return Object.entries(read("package-lock.json")).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version;
  });
}

/** `npm ci` unless node_modules is what the lock file says. Exits when it fails. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  say("Installing packages (npm ci) ...");
  const args = ["ci", "--loglevel=error", "--no-progress"];
  const npm = process.env.npm_execpath;
  const code = npm
    ? await run(process.execPath, [npm, ...args], TO_STDERR)
    : await run("npm", args, { ...TO_STDERR, shell: process.platform === "win32" });
  if (code !== 0) {
    say(`npm ci failed with exit code ${code}`);
    process.exit(1);
  }
}

function* filesUnder(path) {
  const entries = readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesUnder(child);
    else if (!/\.test\.tsx?$/.test(entry.name)) yield child;
  }
}

function pageInputsHash() {
  const hash = createHash("sha256");
  for (const input of PAGE_INPUTS) {
    const path = join(ROOT, input);
    for (const file of /\.\w+$/.test(input) ? [path] : filesUnder(path)) {
      hash.update(relative(ROOT, file)).update("\0").update(readFileSync(file)).update("\0");
    }
  }
  return hash.digest("hex");
}

/** Builds the page unless dist/page was made of these very inputs. Gives vite's exit code, 0 where nothing was to do. */
export async function ensureBuilt() {
  const hash = pageInputsHash();
  const built = existsSync(join(PAGE, "index.html")) && existsSync(BUILD_STAMP);
  if (built && readFileSync(BUILD_STAMP, "utf8") === hash) return 0;
  say("Building the page (vite build) ...");
  const start = Date.now();
  const code = await runTool("vite/bin/vite.js", ["build", "--logLevel", "warn"], TO_STDERR);
  if (code !== 0) return code;
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, hash);
  say(`Built in ${seconds(start)}.`);
  return 0;
}
