import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TemporaryFolder } from "./testing/temporary.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const TAKES_TIME_MS = 90_000;

function startLab(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TSX_DISABLE_CACHE: "1" },
  });
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => said.push(line));
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]).then(
    ([[code]]) => code as number | null,
  );
  /** Resolves with the first line that matches. */
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      lines.on("line", (text) => {
        if (pattern.test(text)) resolve(text);
      });
    });
  return { child, said, ended, line };
}

describe("npm run lab", () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.remove());

  it.each([
    { args: ["--minutes", "soon"], says: 'lab: --minutes: "soon" is not a number up to 1440' },
    { args: ["--port", "70000"], says: 'lab: --port: "70000" is not a number up to 65535' },
    { args: ["--seed", "1.5"], says: 'lab: --seed: "1.5" is not a whole number' },
  ])("refuses $args with one line", async ({ args, says }) => {
    const { ended, said } = startLab(...args);
    expect(await ended).toBe(2);
    expect(said).toEqual([says]);
  });

  it(
    "says at its beginning that it could not write its recording",
    async () => {
      const out = join(folder.path, "nowhere", "x.tlv.gz");
      const { ended, said } = startLab("--out", out);
      expect(await ended).toBe(1);
      expect(said.at(-1)).toBe(`lab: ${out}: no such folder, or it cannot be written to`);
      expect(folder.entries()).toEqual([]);
    },
    TAKES_TIME_MS,
  );

  it.each(["SIGINT", "SIGTERM"] as const)(
    "takes everything down with it on %s",
    async (signal) => {
      const out = join(folder.path, "x.tlv.gz");
      const { child, ended, said, line } = startLab("--out", out);
      const node = /ws:\/\/(\S+),/.exec(await line(/node at/))?.[1];
      await line(/recording 10 minutes/);
      await expect(fetch(`http://${node}`)).resolves.toBeDefined();
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(said.at(-1)).toBe("lab: stopped before the recording was whole; nothing is written");
      await expect(fetch(`http://${node}`)).rejects.toThrow("fetch failed");
      expect(existsSync(out)).toBe(false);
      expect(folder.entries()).toEqual([]);
    },
    TAKES_TIME_MS,
  );
});
