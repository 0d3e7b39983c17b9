/** `mempulse record` on a real node with the published Uniswap V2 contracts, against that node's own receipts. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { decodeEventLog, type Hex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseManifest } from "../../protocol/recording/manifest.ts";
import { COLLECTOR_STATE, TX_STATUS, VENUE } from "../../protocol/tlv/registry.ts";
import { recordChain } from "../sources/evm/record-chain.ts";
import type { EvmSource } from "../sources/evm/source.ts";
import { Anvil, FACTORY, type Mined, PAIR, TOKEN } from "../sources/evm/testing/anvil.ts";
import { decodeAll, eventsOf, provenanceOf } from "../sources/evm/testing/messages.ts";
import { CliError } from "./errors.ts";
import { run as runRecord } from "./record.ts";

const bin = resolve(import.meta.dirname, "../../bin/mempulse.mjs");
const folder = mkdtempSync(join(tmpdir(), "mempulse-record-"));
const at = (name: string): string => join(folder, name);
let node: Anvil;
beforeAll(async () => {
  node = await Anvil.start();
});
afterAll(async () => {
  await node.stop();
  rmSync(folder, { recursive: true });
});

const pairEvents = (receipt: Mined, pair: Hex) =>
  receipt.logs
    .filter(({ address }) => address === pair)
    .map(({ topics, data, logIndex }) => ({
      logIndex: Number(logIndex),
      ...(decodeEventLog({ abi: PAIR.abi, topics: topics as [Hex, ...Hex[]], data }) as unknown as {
        eventName: string;
        args: Record<string, bigint | Hex>;
      }),
    }));

/** A pair with liquidity, swaps both ways, one of them reverted, and liquidity taken out again. */
async function trade() {
  const owner = node.account;
  const factory = await node.deploy(FACTORY, owner);
  const tokens = [await node.deploy(TOKEN, 10n ** 30n), await node.deploy(TOKEN, 10n ** 30n)];
  const [token0, token1] = tokens.toSorted() as [Hex, Hex];
  await node.call(factory, FACTORY, "createPair", token0, token1);
  const pair: Hex = `0x${(await node.read(factory, FACTORY, "getPair", token0, token1)).slice(26)}`;
  await node.call(token0, TOKEN, "transfer", pair, 5n * 10n ** 24n);
  await node.call(token1, TOKEN, "transfer", pair, 10n ** 24n);
  const receipts = [await node.call(pair, PAIR, "mint", owner)];
  await node.call(token0, TOKEN, "transfer", pair, 10n ** 20n + 1n);
  receipts.push(await node.call(pair, PAIR, "swap", 0n, 19n * 10n ** 18n, owner, "0x"));
  await node.call(token1, TOKEN, "transfer", pair, 10n ** 19n + 3n);
  receipts.push(await node.call(pair, PAIR, "swap", 49n * 10n ** 18n, 0n, owner, "0x"));
  const reverted = await node.call(pair, PAIR, "swap", 1n, 0n, owner, "0x");
  await node.call(pair, PAIR, "transfer", pair, 10n ** 20n);
  receipts.push(await node.call(pair, PAIR, "burn", owner));
  return { pair, token0, token1, receipts, reverted };
}

describe("a node's life, recorded", () => {
  test("every pool event is as the receipts have it, every transaction told, each block a whole", async () => {
    const stop = new AbortController();
    let source: EvmSource | undefined;
    const out = at("trade.tlv");
    let begin = (): void => {};
    const begun = new Promise<void>((done) => {
      begin = done;
    });
    const recording = recordChain({
      endpoints: [node.wsUrl],
      out,
      signal: stop.signal,
      onSource: (created) => {
        source = created;
      },
      onRecording: begin,
    });
    await Promise.race([begun, recording]);
    const { pair, token0, token1, receipts, reverted } = await trade();
    await expect.poll(() => source?.lastBlock, { timeout: 20_000 }).toBe(Number(reverted.blockNumber) + 2);
    stop.abort();
    const { manifest, faults } = await recording;
    expect(faults).toEqual([]);

    const messages = decodeAll(readFileSync(out));
    expect(parseManifest(readFileSync(at("trade.json"), "utf8"))).toEqual(manifest);
    expect(manifest.chain_id).toBe(31_337);

    // The receipts' own events, by an independent decoder, in order.
    const theirs = receipts.flatMap((receipt) =>
      pairEvents(receipt, pair).filter(({ eventName }) =>
        ["Mint", "Burn", "Swap", "Sync"].includes(eventName),
      ),
    );
    const ours = messages.filter(({ tlvs }) => tlvs[1]?.name === "Provenance");
    expect(ours).toHaveLength(theirs.length);
    expect(theirs.map(({ eventName }) => eventName)).toEqual([
      "Sync",
      "Mint",
      "Sync",
      "Swap",
      "Sync",
      "Swap",
      "Sync",
      "Burn",
    ]);
    for (const [index, their] of theirs.entries()) {
      const message = ours[index];
      const event = message?.tlvs[0];
      if (message === undefined || event === undefined) throw new Error("unreachable: lengths are equal");
      expect(event).toMatchObject({
        name: `Pool${their.eventName}`,
        pool_address: pair,
        venue: VENUE.Generic,
      });
      expect(provenanceOf(message)).toMatchObject({
        log_index: their.logIndex,
        chain_id: 31_337n,
        reorged: 0,
      });
      const { args } = their;
      if (event.name === "PoolSync") {
        expect([event.reserve0, event.reserve1]).toEqual([args.reserve0, args.reserve1]);
      } else if (event.name === "PoolMint" || event.name === "PoolBurn") {
        expect([event.amount0, event.amount1]).toEqual([args.amount0, args.amount1]);
        expect(event.provider_addr).toBe(String(args.sender).toLowerCase());
      } else if (event.name === "PoolSwap") {
        const is0In = args.amount0In !== 0n;
        expect(event).toMatchObject({
          amount_in: is0In ? args.amount0In : args.amount1In,
          amount_out: is0In ? args.amount1Out : args.amount0Out,
          token_in_addr: is0In ? token0 : token1,
          amount_in_decimals: 18,
        });
      }
    }

    expect(eventsOf(messages, "PoolInfo")).toMatchObject([{ pool: pair, token0, token1, kind: 1 }]);
    expect(
      eventsOf(messages, "TokenInfo").map((token) => [token.address, token.symbol, token.token_name]),
    ).toEqual([
      [token0, "UNI-V2", "Uniswap V2"],
      [token1, "UNI-V2", "Uniswap V2"],
    ]);
    // The pair was met at its first Sync: its state at that block's end is that Sync's.
    const [firstSync] = eventsOf(messages, "PoolSync");
    expect(eventsOf(messages, "PoolState")).toMatchObject([
      { reserve0: firstSync?.reserve0, reserve1: firstSync?.reserve1, pool_type: 1 },
    ]);

    const told = eventsOf(messages, "Transaction");
    const mined = told.filter(({ status }) => status !== TX_STATUS.pending);
    const heads = eventsOf(messages, "ChainHead");
    expect(mined).toHaveLength(heads.reduce((sum, head) => sum + head.tx_count, 0));
    expect(mined.filter(({ status }) => status === TX_STATUS.reverted).map((tx) => tx.block_number)).toEqual([
      BigInt(reverted.blockNumber),
    ]);
    const wereMined = new Set(mined.map(({ hash }) => hash));
    const pending = told.filter(({ status }) => status === TX_STATUS.pending);
    expect(pending.length).toBeGreaterThan(0);
    for (const { hash } of pending) expect(wereMined.has(hash)).toBe(true);

    // No block is missing and none is torn: between two heads all belongs to one block.
    expect(heads.map((head) => head.block_number)).toEqual(
      heads.map((_, index) => (heads[0]?.block_number ?? 0n) + BigInt(index)),
    );
    expect(messages[0]?.tlvs[0]?.name).toBe("Tick");
  }, 40_000);
});

describe("the command", () => {
  test("records until SIGINT, then says what it has; exit code 0", async () => {
    const out = at("command.tlv");
    const child = spawn(process.execPath, [bin, "record", "--source", `rpc:${node.wsUrl}`, "--out", out]);
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      lines.push(line);
      if (lines.length === 1) child.kill("SIGINT");
    }
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).toBe(0);
    expect(lines[0]).toBe("recording; SIGINT ends it");
    expect(lines[1]).toMatch(/command\.tlv: \d+ Tick, 2 CollectorStatus/);
    expect(lines).toHaveLength(2);
    const manifest = parseManifest(readFileSync(at("command.json"), "utf8"));
    expect(eventsOf(decodeAll(readFileSync(out)), "CollectorStatus")).toHaveLength(
      manifest.messages.CollectorStatus ?? 0,
    );
  }, 20_000);

  const fails = async (...args: string[]) => {
    const error: unknown = await runRecord(args).catch((reason: unknown) => reason);
    if (!(error instanceof CliError)) throw new Error(`no CliError but ${String(error)}`);
    return { code: error.exitCode, message: error.message };
  };

  test.each([
    ["no source", ["--out", at("x.tlv")], 2, "--source: is needed; --help says more"],
    ["another source", ["--source", "nats:x", "--out", at("x.tlv")], 2, "--source: is not rpc:WS_URL"],
    ["no output", ["--source", "rpc:ws://h"], 2, "--out: is needed; --help says more"],
    ["another name", ["--source", "rpc:ws://h", "--out", "x"], 2, '--out: "x" does not end in .tlv'],
    [
      "no time",
      ["--source", "rpc:ws://h", "--out", at("x.tlv"), "--seconds", "0"],
      2,
      '--seconds: "0" is not a number over 0 and up to 1000000',
    ],
    [
      "a bad URL",
      ["--source", "rpc:nowhere", "--out", at("x.tlv")],
      1,
      "expected a node's URL, ws://HOST or wss://HOST",
    ],
    [
      "http",
      ["--source", "rpc:http://h/key", "--out", at("x.tlv")],
      1,
      "expected a node's URL, ws://HOST or wss://HOST",
    ],
    [
      "nobody there",
      ["--source", "rpc:ws://127.0.0.1:9/key", "--out", at("x.tlv")],
      1,
      "cannot connect to ws://127.0.0.1:9: connect ECONNREFUSED",
    ],
    [
      "no folder",
      ["--source", "rpc:ws://127.0.0.1:9", "--out", at("no/x.tlv")],
      1,
      `${at("no/x.tlv")}: no such folder`,
    ],
  ])("%s: one line, and nothing left behind", async (_name, args, code, message) => {
    const failed = await fails(...args);
    expect(failed.code).toBe(code);
    expect(failed.message.startsWith(message)).toBe(true);
    expect(failed.message).not.toMatch(/\n|key/);
    expect(existsSync(at("x.tlv"))).toBe(false);
  });
});

test("after a reorg the new branch is recorded from where it parted", async () => {
  const forked = await Anvil.start();
  try {
    await forked.rpc("anvil_mine", ["0x5"]);
    const stop = new AbortController();
    let source: EvmSource | undefined;
    const out = at("reorg.tlv");
    const recording = recordChain({
      endpoints: [forked.wsUrl],
      out,
      signal: stop.signal,
      onSource: (created) => {
        source = created;
      },
    });
    const recorded = async (block: number) => {
      await expect.poll(() => source?.lastBlock, { timeout: 10_000 }).toBe(block);
    };
    await recorded(5);
    await forked.rpc("anvil_mine", ["0x3"]);
    await recorded(8);
    await forked.rpc("anvil_reorg", [2, []]);
    await forked.rpc("anvil_mine", ["0x1"]);
    await recorded(9);
    stop.abort();
    expect((await recording).faults).toEqual([]);
    const heads = eventsOf(decodeAll(readFileSync(out)), "ChainHead");
    expect(heads.map((head) => head.block_number)).toEqual([5n, 6n, 7n, 8n, 7n, 8n, 9n]);
    const [, six, , , seven] = heads;
    expect(seven?.parent_hash).toBe(six?.block_hash);
  } finally {
    await forked.stop();
  }
}, 20_000);

test("a node that dies is waited for; what was recorded is whole, with its manifest", async () => {
  const mortal = await Anvil.start();
  const out = at("died.tlv");
  const stop = new AbortController();
  const lines: string[] = [];
  const recording = recordChain({
    endpoints: [mortal.wsUrl],
    out,
    signal: stop.signal,
    onRecording: () => void mortal.stop(),
    log: (line) => void lines.push(line),
  });
  await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(0);
  stop.abort();
  const { manifest } = await recording;
  expect(lines[0]).toMatch(
    /^ws:\/\/\S+: ws:\/\/\S+: the connection closed \(1006\); next ws:\/\/\S+ in 0\.\d s$/,
  );
  expect(parseManifest(readFileSync(at("died.json"), "utf8"))).toEqual(manifest);
  expect(decodeAll(readFileSync(out)).at(-1)?.tlvs[0]).toMatchObject({
    name: "CollectorStatus",
    state: COLLECTOR_STATE.stopped,
  });
}, 20_000);
