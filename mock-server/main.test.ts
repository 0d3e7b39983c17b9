/** The mock-server in process, and as the process that a user starts. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { upsertsOf } from "../model/channel.ts";
import { getSnapshot, StreamClient } from "../server/testing/harness.ts";
import { syntheticRecording } from "../server/testing/recording.ts";
import { main, startMockServer } from "./main.ts";

const folder = mkdtempSync(join(tmpdir(), "mempulse-mock-"));
const recording = join(folder, "synthetic.tlv");

beforeAll(() => writeFileSync(recording, syntheticRecording({ seconds: 30, txPerSecond: 20 })));
afterAll(() => rmSync(folder, { recursive: true }));

describe("in process", () => {
  it("replays a recording on a free port, and closes", async () => {
    const lines: string[] = [];
    const server = await startMockServer({
      recording,
      pace: { kind: "rate", tx_per_s: 20_000 },
      log: (line) => lines.push(line),
    });
    const client = new StreamClient(server.url);
    try {
      const snapshot = await getSnapshot(server, "?channels=tx.main");
      await client.identify(snapshot.epoch, snapshot.snapshot_seq, ["tx.main"]);
      client.credit("tx.main", 3);
      for (let batches = 0; batches < 3; batches++) {
        expect((await client.nextBatch()).patch.upsert.length).toBeGreaterThan(0);
      }
    } finally {
      await client.close();
      await server.close();
    }
    expect(lines).toEqual([]);
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  });

  it("folds the bundled recording with what its manifest says of its chain", async () => {
    const server = await startMockServer({ pace: { kind: "rate", tx_per_s: 20_000 }, log: () => {} });
    try {
      const top = () => upsertsOf(server.model.channels.get("feature.top")?.changesSince(0));
      const swaps = expect.objectContaining({ id: "uniswap-v3/swap" }) as unknown;
      await expect.poll(top, { timeout: 10_000 }).toContainEqual(swaps);
    } finally {
      await server.close();
    }
  });

  it("refuses a recording that is not there", async () => {
    await expect(startMockServer({ recording: "nowhere.tlv" })).rejects.toThrow("nowhere.tlv: no such file");
  });
});

describe("as a process", () => {
  function start(...args: string[]): ChildProcess {
    return spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "main.ts"), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Standard output up to the first line, then the process still runs. */
  async function firstLine(child: ChildProcess): Promise<string> {
    let seen = "";
    for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
      seen += String(chunk);
      if (seen.includes("\n")) return seen.slice(0, seen.indexOf("\n"));
    }
    throw new Error(`ended without a line: ${await text(child.stderr as NodeJS.ReadableStream)}`);
  }

  async function failure(...args: string[]): Promise<{ code: number; stderr: string }> {
    const child = start(...args);
    const [stderr, [code]] = await Promise.all([
      text(child.stderr as NodeJS.ReadableStream),
      once(child, "exit") as Promise<[number]>,
    ]);
    return { code, stderr };
  }

  it("S8 prints its URL as JSON, serves, and on SIGTERM exits 0, with a client that reads and one that does not", async () => {
    const child = start("--recording", recording, "--port", "0", "--json", "--speed", "5");
    const stderr = text(child.stderr as NodeJS.ReadableStream);
    const { url } = JSON.parse(await firstLine(child)) as { url: string };
    const [client, deaf] = [new StreamClient(url), new StreamClient(url)];
    await Promise.all([client.next(), deaf.next()]);
    deaf.socket.pause();
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await client.next()).toMatchObject({ op: "RECONNECT", reason: "draining" });
    expect((await client.closed).code).toBe(1012);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
    expect(await exited).toEqual([0, null]);
    expect(await stderr).toBe("");
    expect(readdirSync(folder)).toEqual(["synthetic.tlv"]);
    await deaf.close();
  });

  it("says in one line what is wrong, and fails", async () => {
    const missing = join(folder, "none.tlv");
    const { code, stderr } = await failure("--recording", missing);
    expect(stderr).toBe(`mock-server: ${missing}: no such file\n`);
    expect(code).toBe(1);
  });

  it.each([
    ["--port 70000", /^--port: "70000" is not a port/],
    ["--rate fast", /^--rate: "fast" is not a number/],
    ["--speed 0", /^--speed: "0" is not a number/],
    ["--rate 5 --speed 2", /^--rate: cannot stand beside --speed/],
    ["--loop --no-loop", /^--no-loop: cannot stand beside --loop/],
    ["--lop", /'--lop'/],
  ])("refuses %s as wrong usage", async (args, line) => {
    const error = await main(args.split(" ")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "CliError",
      exitCode: 2,
      message: expect.stringMatching(line) as string,
    });
  });
});

describe("a port in use", () => {
  it("is said, and the next free one is taken, unless it was asked for by name", async () => {
    const first = await startMockServer({ recording });
    const port = Number(new URL(first.url).port);
    const lines: string[] = [];
    const second = await startMockServer({
      recording,
      port,
      nextFreePort: true,
      log: (line) => lines.push(line),
    });
    try {
      expect(lines[0]).toBe(`port ${port} is in use; trying ${port + 1}`);
      expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
      await expect(startMockServer({ recording, port })).rejects.toThrow(
        `port ${port} on 127.0.0.1 is in use`,
      );
    } finally {
      await second.close();
      await first.close();
    }
  });
});
