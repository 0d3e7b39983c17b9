/** `mempulse import`: as a process on real files, and its own function on the rest. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { parseManifest } from "../../protocol/recording/manifest.ts";
import { corpus } from "../../testing/corpus.ts";
import { CliError } from "./errors.ts";
import { run as runImport } from "./import.ts";

const bin = resolve(import.meta.dirname, "../../bin/mempulse.mjs");
const folder = mkdtempSync(join(tmpdir(), "mempulse-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

function write(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}
function mempulse(...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [bin, ...args], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** The command without its process, as `main` treats it. */
async function inProcess(...args: string[]): Promise<{ code: number; stderr: string }> {
  const lines: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    return { code: await runImport(args), stderr: lines.join("") };
  } catch (error) {
    if (error instanceof CliError) return { code: error.exitCode, stderr: error.message };
    throw error;
  } finally {
    stderr.mockRestore();
  }
}

const POOL = `0x${"aa".repeat(20)}`;
const pools = write(
  "pools.json",
  JSON.stringify([
    {
      chainId: 1,
      pool: POOL,
      kind: "v2",
      factory: "uniswap-v2",
      token0: `0x${"11".repeat(20)}`,
      token1: `0x${"22".repeat(20)}`,
      decimals0: 18,
      decimals1: 6,
      symbol0: "AAA",
      symbol1: "BBB",
    },
  ]),
);
const sync = (change: object = {}) => ({
  address: POOL,
  topics: ["0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1"],
  data: `0x${"5".padStart(64, "0")}${"6".padStart(64, "0")}`,
  blockNumber: "0x64",
  blockHash: `0x${"b1".repeat(32)}`,
  transactionHash: `0x${"71".repeat(32)}`,
  transactionIndex: "0x0",
  logIndex: "0x1",
  ...change,
});
const timed = write("timed.json", JSON.stringify([sync({ blockTimestamp: "0x6553f100" })]));
const untimed = write("untimed.json", JSON.stringify({ result: [sync()] }));
const common = ["--chain", "1", "--pools", pools];

describe.skipIf(corpus("data") === null)("real files", () => {
  const real = corpus("data/tokens/pools-derived.json") as string;

  test("two blocks with transactions: what decode reads back is what the summary says", async () => {
    const files = ["logs", "transactions", "blocks"].map((kind) =>
      corpus(`data/block-logs/eth-17173049-17173050.${kind}.jsonl`),
    ) as string[];
    const out = at("blocks.tlv");
    const run = await mempulse("import", ...files, "--chain", "1", "--pools", real, "--out", out);
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toBe(
      `${out}: 13 Tick, 298 Transaction, 44 TokenInfo, 47 PoolInfo, 69 PoolSync, 79 PoolSwap, 2 ChainHead; ` +
        "blocks 17173049 to 17173050 of chain 1, 681 logs read\n",
    );
    const manifest = parseManifest(readFileSync(at("blocks.json"), "utf8"));
    expect(manifest).toMatchObject({
      chain_id: 1,
      from_unix_ms: 1_683_029_999_000,
      to_unix_ms: 1_683_030_011_000,
      sha256: createHash("sha256").update(readFileSync(out)).digest("hex"),
    });
    const decoded = await mempulse("decode", out);
    expect(decoded).toMatchObject({ code: 0, stderr: "" });
    const names = decoded.stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { tlvs: { name: string }[] }).tlvs[0]?.name ?? "");
    const counts: Record<string, number> = {};
    for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
    expect(counts).toEqual(manifest.messages);
  });

  test("an export of one pool, which names it nowhere", async () => {
    const file = corpus("data/v3-raw-logs/polygon-0x45dda9cb-2021-12-22.raw.csv") as string;
    const args = ["import", file, "--chain", "137", "--pools", real, "--out", at("pool.tlv")];
    const without = await mempulse(...args);
    expect(without).toMatchObject({
      code: 1,
      stderr: `mempulse import: ${file}:2: address: expected 0x and 40 hex digits, got nothing\n`,
    });
    const pool = "0x45dDa9cb7c25131DF268515131f647d726f50608";
    const run = await mempulse(...args, "--pool", pool);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/: \d+ Tick, 2 TokenInfo, 1 PoolInfo, 199 PoolSwap, 7 PoolMint, 2 PoolBurn; /);
  });
});

describe("times", () => {
  test("a form without them needs --timestamps, in JSON lines or CSV, or says so", async () => {
    const out = at("times.tlv");
    const none = await inProcess(untimed, ...common, "--out", out);
    expect(none).toMatchObject({
      code: 1,
      stderr: `${untimed}:1 result[0]: block 100 has no timestamp; --timestamps FILE or --rpc URL can tell it`,
    });
    expect(existsSync(out)).toBe(false);
    const csv = write("times.csv", "block_number,timestamp\n99,1699999988\n100,1700000000\n");
    const lines = write("times.jsonl", '{"number": "0x64", "timestamp": "0x6553f100"}\n');
    for (const file of [csv, lines]) {
      const run = await inProcess(untimed, ...common, "--timestamps", file, "--out", out);
      expect(run.code).toBe(0);
      expect(parseManifest(readFileSync(at("times.json"), "utf8"))).toMatchObject({
        from_unix_ms: 1_700_000_000_000,
        messages: { Tick: 1, TokenInfo: 2, PoolInfo: 1, PoolSync: 1 },
      });
    }
  });

  test("--rpc over http tells them, and the block's head", async () => {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        const { id, method } = JSON.parse(body) as { id: number; method: string };
        const block = {
          number: "0x64",
          hash: `0x${"b1".repeat(32)}`,
          parentHash: `0x${"b0".repeat(32)}`,
          timestamp: "0x6553f100",
          gasUsed: "0x1",
          gasLimit: "0x2",
          transactions: [],
        };
        const result = method === "eth_chainId" ? "0x1" : block;
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-key`;
      const args = [untimed, "--rpc", url, "--out", at("rpc.tlv")];
      const run = await inProcess(...args, "--chain", "1", "--pools", pools);
      expect(run.code).toBe(0);
      expect(run.stderr).toContain("1 Tick, 2 TokenInfo, 1 PoolInfo, 1 PoolSync, 1 ChainHead");
      const other = await inProcess(...args, "--chain", "5");
      expect(other).toMatchObject({
        code: 1,
        stderr: "--rpc: the node is of chain 1, not 5",
      });
    } finally {
      server.close();
    }
  });
});

describe("bad input is one line, and an exit code", () => {
  const out = ["--out", at("bad.tlv")];
  test.each([
    ["no file", [...common, ...out], 2, "expected a FILE; --help says more"],
    ["no chain", [timed, "--pools", pools, ...out], 2, "--chain: is needed; --help says more"],
    ["a bad chain", [timed, "--chain", "x", ...out], 2, '--chain: "x" is not a chain id'],
    ["no output", [timed, ...common], 2, "--out: is needed; --help says more"],
    ["no pools", [timed, "--chain", "1", ...out], 2, "--pools or --rpc: one of them is needed"],
    ["a bad pool", [timed, ...common, ...out, "--pool", "0x1"], 2, '--pool: "0x1" is not an address'],
    ["another name", [timed, ...common, "--out", "x.bin"], 2, '--out: "x.bin" does not end in .tlv'],
    ["an unknown option", [timed, "--frob"], 2, "Unknown option '--frob'"],
    ["a missing file", [at("none.csv"), ...common, ...out], 1, `${at("none.csv")}: no such file`],
    ["a folder", [folder, ...common, ...out], 1, `${folder}: is a directory`],
    ["no rows", [pools, ...common, ...out], 1, `${pools}: no logs, transactions or blocks`],
    ["no folder", [timed, ...common, "--out", at("no/x.tlv")], 1, `${at("no/x.tlv")}: no such folder`],
    [
      "a pool that is none",
      [timed, ...common, ...out, "--pool", `0x${"bb".repeat(20)}`],
      1,
      `${pools}: has no pool 0x${"bb".repeat(20)} on chain 1`,
    ],
    [
      "a chain without pools",
      [timed, "--chain", "5", "--pools", pools, ...out],
      1,
      `${pools}: has no pool of chain 5`,
    ],
    [
      "nobody at --rpc",
      [untimed, "--chain", "1", "--rpc", "http://127.0.0.1:9/key", ...out],
      1,
      "eth_chainId at http://127.0.0.1:9: ",
    ],
  ])("%s", async (_name, args, code, message) => {
    const run = await inProcess(...args);
    expect(run.code).toBe(code);
    expect(run.stderr.startsWith(message)).toBe(true);
    expect(run.stderr).not.toContain("\n");
    expect(run.stderr).not.toContain("/key");
    expect(existsSync(at("bad.tlv"))).toBe(false);
  });

  test("a damaged line names file, line and field; nothing is left behind", async () => {
    const bad = write("bad.jsonl", `${JSON.stringify(sync())}\n${JSON.stringify(sync({ data: "0xzz" }))}\n`);
    const run = await inProcess(bad, ...common, ...out);
    expect(run).toMatchObject({
      code: 1,
      stderr: `${bad}:2: data: expected 0x and pairs of hex digits, got "0xzz"`,
    });
    expect(existsSync(at("bad.tlv"))).toBe(false);
  });
});
