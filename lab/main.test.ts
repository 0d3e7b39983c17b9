import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TemporaryFolder } from "./testing/temporary.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const TAKES_TIME_MS = 90_000;

/** Ended after the test, whatever came of it. */
const children: ChildProcess[] = [];

function startLab(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => said.push(line));
  const ended = Promise.all([once(child, "exit"), once(lines, "close")]).then(
    ([[code]]) => code as number | null,
  );
  /** Resolves with the first line that matches; rejects where none does until the lab has ended. */
  const line = async (pattern: RegExp) => {
    for (;;) {
      const found = said.find((text) => pattern.test(text));
      if (found !== undefined) return found;
      await Promise.race([
        once(lines, "line"),
        ended.then(() => Promise.reject(new Error(`the lab said: ${said.join("; ")}`))),
      ]);
    }
  };
  return { child, said, ended, line };
}

describe("npm run lab", () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill();
    folder.remove();
  });

  it.each([
    { args: ["--minutes", "soon"], code: 2, says: '--minutes: "soon" is not a number up to 1440' },
    { args: ["--out", "lab.tlv"], code: 2, says: '--out: "lab.tlv" does not end in .tlv.gz' },
    {
      args: ["--out", "/nowhere/x.tlv.gz"],
      code: 1,
      says: "--out: /nowhere/x.tlv.gz: no such folder, or it cannot be written to",
    },
  ])(
    "refuses $args with one line",
    async ({ args, code, says }) => {
      const { ended, said } = startLab(...args);
      expect(await ended).toBe(code);
      expect(said).toEqual([`lab: ${says}`]);
    },
    TAKES_TIME_MS,
  );

  it(
    "takes everything down with it on a signal, and writes nothing",
    async () => {
      const out = join(folder.path, "x.tlv.gz");
      const { child, ended, said, line } = startLab("--out", out);
      const node = /ws:\/\/(\S+),/.exec(await line(/node at/))?.[1];
      await line(/recording 10 minutes/);
      await expect(fetch(`http://${node}`)).resolves.toBeDefined();
      child.kill("SIGINT");
      child.kill("SIGINT");
      expect(await ended).toBe(130);
      expect(said.at(-1)).toBe("lab: stopped before the recording was whole; nothing is written");
      await expect(fetch(`http://${node}`)).rejects.toThrow("fetch failed");
      expect(folder.entries()).toEqual([]);
    },
    TAKES_TIME_MS,
  );

  it(
    "with --keep trades on after the recording, until a signal",
    async () => {
      const out = join(folder.path, "x.tlv.gz");
      const { child, ended, said, line } = startLab("--out", out, "--minutes", "0.05", "--keep");
      const node = /ws:\/\/(\S+),/.exec(await line(/node at/))?.[1];
      await line(/trading goes on/);
      expect(folder.entries()).toEqual(expect.arrayContaining(["x.json", "x.tlv.gz"]));
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
      expect(said.at(-1)).toBe("lab: trading goes on until Ctrl-C");
      await expect(fetch(`http://${node}`)).rejects.toThrow("fetch failed");
      expect(folder.entries().toSorted()).toEqual(["x.json", "x.tlv.gz"]);
    },
    TAKES_TIME_MS,
  );
});
