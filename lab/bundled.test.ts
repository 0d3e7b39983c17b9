/** The recording that lies in recordings/: whole, small, and showing what its manifest says that it shows. */

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { upsertsOf } from "../model/channel.ts";
import { Model } from "../model/model.ts";
import { parseManifest, type RecordingManifest } from "../protocol/recording/manifest.ts";
import { RecordingSummary } from "../protocol/recording/summary.ts";
import type { FeatureTopEntity, TxEntity } from "../protocol/stream/entities.ts";
import { TX_STATUS, VENUE } from "../protocol/tlv/registry.ts";
import { LAB_CHAIN_ID } from "./node.ts";
import { POOLS, VENUES } from "./pools.ts";
import {
  eventsOf,
  introducedPools,
  lives,
  type Recorded,
  readRecorded,
  replaced,
} from "./testing/recorded.ts";

const PATH = join(import.meta.dirname, "..", "recordings", "lab.tlv.gz");
const TEN_MINUTES_MS = 600_000;
const MAX_FILE_BYTES = 4_000_000;

describe("the bundled recording", () => {
  let recorded: Recorded;
  let manifest: RecordingManifest;
  beforeAll(async () => {
    recorded = await readRecorded(PATH);
    manifest = parseManifest(await readFile(PATH.replace(".tlv.gz", ".json"), "utf8"));
  });

  it("is what its manifest says", () => {
    const summary = new RecordingSummary();
    for (let i = 0; i < recorded.recording.count; i++) summary.add(recorded.recording.message(i));
    expect(recorded.recording.faults).toEqual([]);
    expect(createHash("sha256").update(recorded.recording.bytes).digest("hex")).toBe(manifest.sha256);
    expect(summary.messages).toEqual(manifest.messages);
    expect(summary.times).toEqual({ from_unix_ms: manifest.from_unix_ms, to_unix_ms: manifest.to_unix_ms });
    expect(manifest.chain_id).toBe(LAB_CHAIN_ID);
  });

  it("holds ten minutes of chain time and stays small", async () => {
    const heads = eventsOf(recorded.messages, "ChainHead").map((head) => Number(head.block_timestamp));
    expect(manifest.to_unix_ms - manifest.from_unix_ms).toBeGreaterThanOrEqual(TEN_MINUTES_MS);
    expect(((heads.at(-1) ?? 0) - (heads[1] ?? 0)) * 1000).toBeGreaterThanOrEqual(TEN_MINUTES_MS);
    expect((await stat(PATH)).size).toBeLessThan(MAX_FILE_BYTES);
  });

  it("stands alone: pools and tokens before their first use, blocks without a gap", () => {
    expect(introducedPools(recorded.messages).size).toBe(POOLS.length);
    const heads = eventsOf(recorded.messages, "ChainHead");
    for (const [index, head] of heads.entries()) {
      if (index > 0) expect(head.parent_hash).toBe(heads[index - 1]?.block_hash);
    }
  });

  it("has every venue, liquidity that comes and goes, and all that can become of a transaction", () => {
    const swapVenues = new Set(eventsOf(recorded.messages, "PoolSwap").map(({ venue }) => venue));
    expect(swapVenues).toEqual(new Set(Object.values(VENUES).map(({ venue }) => VENUE[venue])));
    for (const name of ["PoolMint", "PoolBurn"] as const) {
      expect(new Set(eventsOf(recorded.messages, name).map(({ venue }) => venue))).toEqual(swapVenues);
    }
    const ends = [...lives(recorded.messages).values()].map((life) => life.join());
    const count = (end: string) => ends.filter((life) => life === end).length;
    const { pending, included, reverted } = TX_STATUS;
    expect(count(`${pending},${included}`)).toBeGreaterThan(5_000);
    expect(count(`${pending},${reverted}`)).toBeGreaterThan(50);
    expect(count(`${pending}`)).toBe(replaced(recorded.messages).length);
    expect(count(`${pending}`)).toBeGreaterThan(50);
    expect(new Set(eventsOf(recorded.messages, "Transaction").map(({ tx_type }) => tx_type))).toEqual(
      new Set([0, 2]),
    );
  });

  it("brings what is known of its chain: the tokens that it tells of, and routers whose calls are all understood", () => {
    const [section, ...others] = manifest.chains ?? [];
    if (section === undefined) throw new Error("no section");
    expect(others).toEqual([]);
    expect(section.chain_id).toBe(LAB_CHAIN_ID);
    const infos = eventsOf(recorded.messages, "TokenInfo");
    expect(Object.fromEntries(infos.map(({ address, symbol }) => [address, symbol]))).toEqual(section.tokens);
    expect(infos.filter(({ stable }) => stable === 1).map(({ address }) => address)).toEqual(
      expect.arrayContaining(section.stables),
    );
    expect(section.tokens[section.wrapped_native]).toBe("WETH");

    const model = new Model({ log_id: "bundled", chains: [section] });
    for (let i = 0; i < recorded.recording.count; i++) model.ingest(recorded.recording.message(i));
    const top = model.channels.get("feature.top")?.changesSince(0);
    const groups = upsertsOf(top) as FeatureTopEntity[];
    expect(new Set(groups.map(({ protocol }) => protocol))).toEqual(
      new Set(["erc20", "unknown", ...Object.values(section.protocols)]),
    );
    for (const { protocol, category } of groups) {
      if (protocol !== "unknown") expect(category).not.toBe("other");
    }
  });

  it("folds without a fault, to transactions that were included, reverted and replaced", () => {
    const model = new Model({ log_id: "bundled" });
    for (let i = 0; i < recorded.recording.count; i++) model.ingest(recorded.recording.message(i));
    expect(Object.values(model.counters.faults).filter((count) => count > 0)).toEqual([]);
    const rows = upsertsOf(model.channels.get("tx.main")?.changesSince(0)) as TxEntity[];
    const statuses = rows.map((row) => row.status);
    expect(new Set(statuses)).toEqual(new Set(["included", "reverted", "replaced"]));
    expect(model.channels.get("pool.state")?.count).toBe(POOLS.length);
  });
});
