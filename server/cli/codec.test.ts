/** `mempulse decode` and `mempulse encode` as processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { encodeMessage } from "../../protocol/tlv/encode.ts";
import { corpus } from "../../testing/corpus.ts";

const BIN = resolve(import.meta.dirname, "..", "..", "bin", "mempulse.mjs");
const folder = mkdtempSync(join(tmpdir(), "mempulse-codec-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { stdio: ["pipe", "pipe", "pipe"] });
}

function mempulse(args: string[], input?: Uint8Array): Promise<Result> {
  return new Promise((done, fail) => {
    const child = start(args);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", fail);
    child.on("close", (code) =>
      done({ code, stdout: Buffer.concat(stdout), stderr: String(Buffer.concat(stderr)) }),
    );
    child.stdin?.end(input);
  });
}

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const MESSAGES = Buffer.concat(
  [1n, 2n, 3n].map((sequence) =>
    encodeMessage({
      domain: "system",
      source: 60,
      sequence,
      timestamp_ns: 0n,
      tlvs: [{ name: "Tick", unix_ms: sequence }],
    }),
  ),
);

describe("mempulse decode and encode", () => {
  it("are each other's inverse, by file and by standard input, packed and plain", async () => {
    const plain = await mempulse(["decode", file("three.tlv", MESSAGES)]);
    expect(plain).toMatchObject({ code: 0, stderr: "" });
    expect(String(plain.stdout).trimEnd().split("\n")).toHaveLength(3);
    const packed = await mempulse(["decode", "-"], gzipSync(MESSAGES));
    expect(packed.stdout).toEqual(plain.stdout);
    const encoded = await mempulse(["encode", "-"], plain.stdout);
    expect(encoded).toMatchObject({ code: 0, stderr: "" });
    expect(encoded.stdout).toEqual(MESSAGES);
    const fromFile = await mempulse(["encode", file("three.ndjson", plain.stdout)]);
    expect(fromFile.stdout).toEqual(MESSAGES);
  });

  it("report each fault as JSON on standard error and go on", async () => {
    const damaged = Buffer.from(MESSAGES);
    damaged[60] = 0xff;
    const { code, stdout, stderr } = await mempulse(["decode", "-"], damaged);
    expect(code).toBe(1);
    expect(String(stdout).trimEnd().split("\n")).toHaveLength(2);
    expect(JSON.parse(stderr)).toEqual({
      error: "checksum_mismatch",
      offset: 42,
      detail: expect.stringContaining("stored") as unknown,
    });
  });

  it("name the line and field that is no message, and write the others", async () => {
    const lines = String((await mempulse(["decode", "-"], MESSAGES)).stdout).split("\n");
    lines[1] = (lines[1] ?? "").replace('"sequence":"2"', '"sequence":2');
    const { code, stdout, stderr } = await mempulse(["encode", "-"], Buffer.from(`\n${lines.join("\n")}{`));
    expect(code).toBe(1);
    expect(stdout).toEqual(Buffer.concat([MESSAGES.subarray(0, 42), MESSAGES.subarray(84)]));
    expect(stderr.trimEnd().split("\n")).toEqual([
      "mempulse encode: -: line 3: sequence: expected a decimal string, got 2",
      expect.stringMatching(/^mempulse encode: -: line 5: not JSON: /),
    ]);
  });

  it.each([
    [["decode", "nowhere.tlv"], 1, "mempulse decode: nowhere.tlv: no such file\n"],
    [["decode", tmpdir()], 1, `mempulse decode: ${tmpdir()}: is a directory\n`],
    [["decode"], 2, "mempulse decode: expected one FILE (- for standard input)\n"],
    [["encode", "--color"], 2, "mempulse encode: Unknown option '--color'\n"],
  ])("say in one line what is wrong with %j", async (args, code, stderr) => {
    expect(await mempulse(args)).toEqual({ code, stderr, stdout: Buffer.alloc(0) });
  });

  it("write what a damaged archive still gives, and one line", async () => {
    const many = Buffer.concat(Array.from({ length: 2000 }, () => MESSAGES));
    const cut = gzipSync(many, { level: 0 }).subarray(0, 100_000);
    const { code, stdout, stderr } = await mempulse(["decode", file("cut.tlv.gz", cut)]);
    expect(code).toBe(1);
    expect(String(stdout).split("\n").length).toBeGreaterThan(1000);
    expect(stderr).toMatch(/^mempulse decode: .*cut\.tlv\.gz: bad gzip: .+\n$/);
  });

  it.each(["decode", "encode"])("%s ends quietly when its reader goes away", async (command) => {
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => MESSAGES));
    const input = command === "decode" ? many : (await mempulse(["decode", "-"], many)).stdout;
    const child = start([command, file(`many.${command}`, input)]);
    const stderr: Buffer[] = [];
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin?.end();
    child.stdout?.once("data", () => child.stdout?.destroy());
    const code = await new Promise((done) => child.on("close", done));
    expect({ code, stderr: String(Buffer.concat(stderr)) }).toEqual({ code: 0, stderr: "" });
  });

  it("say with --help what they read and write", async () => {
    const { code, stdout } = await mempulse(["decode", "--help"]);
    expect(code).toBe(0);
    expect(String(stdout)).toContain("usage: mempulse decode FILE");
  });
});

const vectors = corpus("vectors");

it.skipIf(vectors === null)("decode and encode give the published vectors", async () => {
  const path = join(vectors ?? "", "mixed.tlv");
  const decoded = await mempulse(["decode", path]);
  expect(decoded).toMatchObject({ code: 0, stderr: "" });
  expect(decoded.stdout.equals(readFileSync(path.replace(".tlv", ".ndjson")))).toBe(true);
  expect((await mempulse(["encode", "-"], decoded.stdout)).stdout.equals(readFileSync(path))).toBe(true);
});
