/**
 * One short lab run for real, through the real collector, held against what the node and the contracts themselves say:
 * every event of every pool, every transaction, every block, and the state that the fold arrives at.
 */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getAddress, type Hash } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { upsertsOf } from "../model/channel.ts";
import { Model } from "../model/model.ts";
import { parseManifest } from "../protocol/recording/manifest.ts";
import { RecordingSummary } from "../protocol/recording/summary.ts";
import type { PoolStateEntity, TxEntity } from "../protocol/stream/entities.ts";
import type { Message } from "../protocol/tlv/decode.ts";
import { POOL_KIND, TX_FLAG, TX_STATUS, VENUE } from "../protocol/tlv/registry.ts";
import { chainSectionOf } from "./deploy.ts";
import { Lab, type LabRecording } from "./lab.ts";
import { POOLS, TOKEN_NAMES, TOKENS, VENUES } from "./pools.ts";
import { type ChainEvent, chainEvents, poolState, poolTokens, tokenFacts } from "./testing/oracle.ts";
import {
  companionOf,
  eventsOf,
  introducedPools,
  lives,
  type Recorded,
  readRecorded,
  replaced,
} from "./testing/recorded.ts";

/** One whose first blocks hold liquidity of every kind that comes and goes. */
const SEED = 8;
const BLOCKS = 10;
const SETUP_TIMEOUT_MS = 120_000;
const TAKES_TIME_MS = 60_000;

describe("a lab run", () => {
  const signal = new AbortController().signal;
  const folder = mkdtempSync(join(tmpdir(), "mempulse-lab-test-"));
  const out = join(folder, "short.tlv.gz");
  let lab: Lab;
  let made: LabRecording;
  let recorded: Recorded;
  let events: ChainEvent[];
  let model: Model;

  beforeAll(async () => {
    lab = await Lab.open({ seed: SEED, port: 0, signal });
    made = await lab.record({ blocks: BLOCKS, out });
    recorded = await readRecorded(out);
    events = await chainEvents(lab.chain.client, lab.pools);
    model = new Model({ log_id: "lab" });
    for (let i = 0; i < recorded.recording.count; i++) model.ingest(recorded.recording.message(i));
  }, SETUP_TIMEOUT_MS);

  afterAll(async () => {
    await lab?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const poolEventMessages = () =>
    recorded.messages.filter((message) => companionOf(message, "Provenance") !== undefined);
  const placeOf = (block: bigint | null, logIndex: number | null) => `${block} ${logIndex}`;

  it("decodes without a fault, as its manifest says", async () => {
    const summary = new RecordingSummary();
    for (let i = 0; i < recorded.recording.count; i++) summary.add(recorded.recording.message(i));
    const manifest = parseManifest(await readFile(join(folder, "short.json"), "utf8"));
    expect(recorded.recording.faults).toEqual([]);
    expect(made.faults).toEqual([]);
    expect(manifest).toEqual(made.manifest);
    // Addresses are the same in every run, the bundled one's too.
    const bundled = parseManifest(
      await readFile(join(import.meta.dirname, "../recordings/lab.json"), "utf8"),
    );
    expect(manifest.chains).toEqual([chainSectionOf(lab.deployment)]);
    expect(bundled.chains).toEqual(manifest.chains);
    expect(manifest.messages).toEqual(summary.messages);
    expect(manifest.to_unix_ms - manifest.from_unix_ms).toBeGreaterThanOrEqual(2_000 * BLOCKS);
    expect(readdirSync(folder).toSorted()).toEqual(["short.json", "short.tlv.gz"]);
  });

  it("holds each of the pools' events once, and no other", async () => {
    const told = events
      .filter(({ name }) => name !== "Fee")
      .map(({ log }) => placeOf(log.blockNumber, log.logIndex));
    const held = poolEventMessages().map((message) => {
      const provenance = companionOf(message, "Provenance");
      return placeOf(provenance?.block_number ?? null, provenance?.log_index ?? null);
    });
    expect(held).toEqual(told);
    const swaps = events.filter(({ name }) => name === "Swap").length;
    expect(eventsOf(recorded.messages, "PoolSwap")).toHaveLength(swaps);
    expect(swaps).toBeGreaterThan(BLOCKS * 5);
  });

  it("tells every event's amounts as viem decodes them from the logs", async () => {
    const messages = poolEventMessages();
    const told = events.filter(({ name }) => name !== "Fee");
    const seconds = new Map(
      eventsOf(recorded.messages, "ChainHead").map((head) => [head.block_number, head.block_timestamp]),
    );
    for (const [index, event] of told.entries()) {
      const message = messages[index] as Message;
      const [tlv] = message.tlvs;
      const { log, pool } = event;
      expect(tlv).toMatchObject({
        ...expectedFields(event),
        pool_address: pool.address.toLowerCase(),
        venue: VENUE[VENUES[pool.row.venue].venue],
        timestamp_ns: (seconds.get(log.blockNumber) ?? 0n) * 1_000_000_000n,
      });
      expect(companionOf(message, "Provenance")).toMatchObject({
        chain_id: 31_337n,
        tx_hash: log.transactionHash,
        block_hash: log.blockHash,
        log_index: log.logIndex,
        tx_index: log.transactionIndex,
        reorged: 0,
      });
    }
  });

  it("has swaps of every venue, and liquidity that comes and goes on each kind of pool", () => {
    const seen = new Set(events.map(({ name, pool }) => `${name} ${VENUES[pool.row.venue].kind}`));
    for (const kind of ["v2", "v3", "algebra"]) {
      expect(seen).toContain(`Swap ${kind}`);
      expect(seen).toContain(`Mint ${kind}`);
      expect(seen).toContain(`Burn ${kind}`);
    }
    expect(new Set(eventsOf(recorded.messages, "PoolSwap").map(({ venue }) => venue))).toEqual(
      new Set(Object.values(VENUES).map(({ venue }) => VENUE[venue])),
    );
    expect(seen).toContain("Fee algebra");
  });

  it(
    "tells every transaction of its blocks, and what became of it, as the node does",
    async () => {
      const { client } = lab.chain;
      const heads = eventsOf(recorded.messages, "ChainHead");
      const ended = eventsOf(recorded.messages, "Transaction").filter(
        ({ status }) => status === TX_STATUS.included || status === TX_STATUS.reverted,
      );
      expect(heads.length).toBe(BLOCKS + 3);
      for (const head of heads) {
        const block = await client.getBlock({ blockNumber: head.block_number, includeTransactions: true });
        expect(head).toMatchObject({
          block_hash: block.hash,
          parent_hash: block.parentHash,
          block_timestamp: block.timestamp,
          base_fee: block.baseFeePerGas,
          gas_used: block.gasUsed,
          gas_limit: block.gasLimit,
          tx_count: block.transactions.length,
        });
        const told = ended.filter(({ block_number }) => block_number === head.block_number);
        expect(told.map(({ hash }) => hash)).toEqual(block.transactions.map(({ hash }) => hash));
        for (const [index, tx] of block.transactions.entries()) {
          const receipt = await client.getTransactionReceipt({ hash: tx.hash });
          const isLegacy = tx.type === "legacy";
          expect(told[index]).toMatchObject({
            status: receipt.status === "success" ? TX_STATUS.included : TX_STATUS.reverted,
            chain_id: 31_337n,
            sender: tx.from.toLowerCase(),
            to: tx.to?.toLowerCase(),
            nonce: BigInt(tx.nonce),
            value: tx.value,
            gas_limit: tx.gas,
            tx_type: isLegacy ? 0 : 2,
            calldata_length: tx.input.length / 2 - 1,
            method_selector: tx.input === "0x" ? "0x00000000" : tx.input.slice(0, 10),
            max_fee_per_gas: isLegacy ? 0n : tx.maxFeePerGas,
            max_priority_fee_per_gas: isLegacy ? 0n : tx.maxPriorityFeePerGas,
          });
          // A newer transaction's gas price is what it paid in the end: a fact of its receipt.
          expect(told[index]?.gas_price).toBe(isLegacy ? tx.gasPrice : receipt.effectiveGasPrice);
          expect(((told[index]?.flags ?? 0) & TX_FLAG.max_fee) !== 0).toBe(!isLegacy);
        }
      }
    },
    TAKES_TIME_MS,
  );

  it("saw every transaction of its traders pending before it was mined, reverted or replaced", () => {
    const { pending, included, reverted } = TX_STATUS;
    const seen = new Set([...lives(recorded.messages).values()].map((life) => life.join()));
    expect(seen).toEqual(new Set([`${pending},${included}`, `${pending},${reverted}`, `${pending}`]));
    expect(replaced(recorded.messages).length).toBeGreaterThan(0);
  });

  it("introduces each pool and token before its first use, as the contracts describe themselves", async () => {
    const pools = introducedPools(recorded.messages);
    expect(pools).toEqual(new Set(lab.pools.map(({ address }) => address.toLowerCase())));
    const { client } = lab.chain;
    for (const info of eventsOf(recorded.messages, "TokenInfo")) {
      const name = TOKEN_NAMES.find(
        (token) => lab.deployment.tokens[token].address.toLowerCase() === info.address,
      );
      const facts = await tokenFacts(client, getAddress(info.address));
      expect({ decimals: info.decimals, symbol: info.symbol, name: info.token_name }).toEqual(facts);
      expect(facts.symbol).toBe(name);
      expect(info.stable === 1).toBe(name !== undefined && TOKENS[name].stable);
    }
    for (const pool of lab.pools) {
      const [token0, token1] = await poolTokens(client, pool);
      const infos = eventsOf(recorded.messages, "PoolInfo").filter(
        (info) => info.pool === pool.address.toLowerCase(),
      );
      expect(infos.at(-1)).toMatchObject({
        token0: token0.toLowerCase(),
        token1: token1.toLowerCase(),
        kind: POOL_KIND[VENUES[pool.row.venue].kind],
        tick_spacing: pool.row.tier.tickSpacing,
        fee: (await poolState(client, pool)).fee,
      });
    }
  });

  it("folds to the state that the contracts themselves hold at the last block", async () => {
    const rows = rowsOf<PoolStateEntity>(model, "pool.state");
    const byPool = new Map(rows.map((row) => [row.id, row]));
    expect(rows).toHaveLength(POOLS.length);
    for (const pool of lab.pools) {
      const state = await poolState(lab.chain.client, pool);
      const row = byPool.get(pool.address.toLowerCase());
      const swaps = events.filter((event) => event.pool === pool && event.name === "Swap").length;
      // Of a concentrated pool they are its balances, which its state does not tell.
      if (state.reserve0 !== null) {
        expect([row?.reserve0?.raw, row?.reserve1?.raw]).toEqual([`${state.reserve0}`, `${state.reserve1}`]);
      }
      expect(row).toMatchObject({
        sqrt_price_x96: state.sqrt_price_x96?.toString() ?? null,
        liquidity: state.liquidity?.toString() ?? null,
        tick: state.tick,
        fee: state.fee,
        swaps,
      });
    }
  });

  it("folds every transaction to the end that the node knows of it", async () => {
    const rows = rowsOf<TxEntity>(model, "tx.main");
    const { client } = lab.chain;
    for (const row of rows) {
      const receipt = await client.getTransactionReceipt({ hash: row.hash as Hash }).catch(() => null);
      const status = receipt === null ? "replaced" : receipt.status === "success" ? "included" : "reverted";
      expect(row.status).toBe(status);
    }
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(["included", "reverted", "replaced"]));
  });

  it(
    "makes the same transactions again of the same seed",
    async () => {
      const again = await Lab.open({ seed: SEED, port: 0, signal });
      try {
        const short = join(folder, "again.tlv.gz");
        await again.record({ blocks: 2, out: short });
        const hashesOf = ({ messages }: Recorded) => {
          const heads = eventsOf(messages, "ChainHead").map(({ block_number }) => block_number);
          const mined = eventsOf(messages, "Transaction").filter(
            ({ status }) => status !== TX_STATUS.pending,
          );
          return heads.map((block) =>
            mined.filter((tx) => tx.block_number === block).map(({ hash }) => hash),
          );
        };
        const second = hashesOf(await readRecorded(short));
        expect(second).toHaveLength(2 + 3);
        expect(second).toEqual(hashesOf(recorded).slice(0, second.length));
      } finally {
        await again.close();
      }
    },
    TAKES_TIME_MS,
  );

  it(
    "says so when its node ends in the middle, and leaves nothing behind",
    async () => {
      const broken = await Lab.open({ seed: SEED, port: 0, signal });
      const recording = broken.record({ blocks: 100, out: join(folder, "broken.tlv.gz") });
      process.kill(broken.node.pid, "SIGKILL");
      await expect(recording).rejects.toThrow("the EVM node (port any) ended: exit SIGKILL");
      await broken.close();
      expect(readdirSync(folder).filter((name) => name.startsWith("broken"))).toEqual([]);
    },
    TAKES_TIME_MS,
  );

  it("leaves no node behind", async () => {
    await lab.close();
    await expect(fetch(lab.node.httpUrl)).rejects.toThrow("fetch failed");
  });
});

function rowsOf<T>(model: Model, name: "pool.state" | "tx.main"): T[] {
  return upsertsOf(model.channels.get(name)?.changesSince(0)) as T[];
}

/** The fields of the event's TLV, from the contract's own. */
function expectedFields({ name, args, pool, log }: ChainEvent): Record<string, unknown> {
  const { kind } = VENUES[pool.row.venue];
  const amount = (field: string) => args[field] as bigint;
  const tokens = [pool.token0, pool.token1].map(({ address, decimals }) => ({
    address: address.toLowerCase(),
    decimals,
  })) as [{ address: string; decimals: number }, { address: string; decimals: number }];
  const pair = {
    token0_addr: tokens[0].address,
    token1_addr: tokens[1].address,
    token0_decimals: tokens[0].decimals,
    token1_decimals: tokens[1].decimals,
  };
  switch (name) {
    case "Swap": {
      const gains =
        kind === "v2"
          ? [amount("amount0In") - amount("amount0Out"), amount("amount1In") - amount("amount1Out")]
          : [amount("amount0"), amount("amount1")];
      const [gain0 = 0n, gain1 = 0n] = gains;
      const [tokenIn, tokenOut] = gain0 > 0n ? tokens : [tokens[1], tokens[0]];
      return {
        name: "PoolSwap",
        amount_in: gain0 > 0n ? gain0 : gain1,
        amount_out: gain0 > 0n ? -gain1 : -gain0,
        token_in_addr: tokenIn.address,
        token_out_addr: tokenOut.address,
        amount_in_decimals: tokenIn.decimals,
        amount_out_decimals: tokenOut.decimals,
        block_number: log.blockNumber,
        liquidity_after: args.liquidity ?? 0n,
        tick_after: args.tick ?? 0,
        sqrt_price_x96_after: args.sqrtPriceX96 ?? args.price ?? 0n,
      };
    }
    case "Sync":
      return {
        name: "PoolSync",
        reserve0: args.reserve0,
        reserve1: args.reserve1,
        block_number: log.blockNumber,
        ...pair,
      };
    case "Mint":
    case "Burn":
      return {
        name: name === "Mint" ? "PoolMint" : "PoolBurn",
        amount0: args.amount0,
        amount1: args.amount1,
        liquidity_delta: args.amount ?? args.liquidityAmount ?? 0n,
        tick_lower: args.tickLower ?? args.bottomTick ?? 0,
        tick_upper: args.tickUpper ?? args.topTick ?? 0,
        provider_addr: String(args.owner ?? args.sender).toLowerCase(),
        ...pair,
      };
    case "Initialize":
      return { name: "PoolState", sqrt_price_x96: args.sqrtPriceX96 ?? args.price, tick: args.tick, ...pair };
    case "Fee":
      throw new Error("a fee is told by PoolInfo");
  }
}
