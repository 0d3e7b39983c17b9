/**
 * Recorded transactions through the fold: no call of a known router is left as `other`, the scores are those of a plain
 * computation on what the rows say, and docs/features.md publishes what came of it.
 */

import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { upsertsOf } from "../../../model/channel.ts";
import { ERC20_SELECTORS } from "../../../model/features/rules.ts";
import { SELECTOR_RULES } from "../../../model/features/selectors.ts";
import { Model } from "../../../model/model.ts";
import { SECTIONS } from "../../../model/registry/sections.ts";
import { message } from "../../../model/testing/messages.ts";
import type { FeatureEntity, FeatureTopEntity } from "../../../protocol/stream/entities.ts";
import { MessageView } from "../../../protocol/tlv/view.ts";
import { corpus } from "../../../testing/corpus.ts";
import type { ChainTransaction } from "./chain.ts";
import { readTransaction, rowKind } from "./rows.ts";
import { fileRows } from "./testing/corpus-logs.ts";
import { transactionTlv } from "./transaction-tlv.ts";

const DOC = readFileSync(resolve(import.meta.dirname, "../../../docs/features.md"), "utf8");
const CHAINS = [
  { chain_id: 1, name: "Ethereum", folders: ["tx-blocks", "block-logs", "mempool"] },
  { chain_id: 137, name: "Polygon", folders: ["polygon-rpc"] },
] as const;
const isHere = corpus("data") !== null;

/** The cells of the table rows below a heading of the page, without code marks. */
function tableBelow(heading: string): string[][] {
  const from = DOC.indexOf(`## ${heading}\n`);
  if (from < 0) throw new Error(`docs/features.md has no heading ${heading}`);
  const section = DOC.slice(from, DOC.indexOf("\n## ", from + 1) + 1 || undefined);
  return section
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .replaceAll("`", "")
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([first]) => first !== undefined && !first.startsWith("---"))
    .slice(1);
}

/** Every transaction of the folders, one that stands in two files once. */
function recordedTransactions(folders: readonly string[]): ChainTransaction[] {
  const byHash = new Map<string, ChainTransaction>();
  for (const folder of folders) {
    const path = corpus(`data/${folder}`) as string;
    for (const name of readdirSync(path).filter((each) => !each.startsWith("matic-proofs-heads"))) {
      for (const { row } of fileRows(resolve(path, name))) {
        if (rowKind(row) !== "transaction") continue;
        const tx = readTransaction(row);
        if (!byHash.has(tx.hash)) byHash.set(tx.hash, tx);
      }
    }
  }
  return [...byHash.values()];
}

function folded(chain_id: number, transactions: readonly ChainTransaction[]): Model {
  const model = new Model({ log_id: "corpus" });
  const view = new MessageView();
  for (const tx of transactions) {
    const bytes = message([transactionTlv(BigInt(chain_id), tx)]);
    model.ingest(view.attach(bytes).seek(0, bytes.length));
  }
  return model;
}

function rowsOf<T>(model: Model, channel: "feature.main" | "feature.top"): T[] {
  return upsertsOf(model.channels.get(channel)?.changesSince(0)) as T[];
}

/** The scores by the rules as they are written, from the transaction itself and its category. */
function scoresOf(chain_id: number, tx: ChainTransaction, category: string, isKnown: boolean) {
  const gwei = 10n ** 9n;
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  let urgency = tx.tx_type === 2 ? 6n : 0n;
  if (tx.max_fee_per_gas !== null) urgency += 4n + least(60n, (tx.max_priority_fee_per_gas ?? 0n) / gwei);
  else if (tx.gas_price !== null) urgency += least(40n, tx.gas_price / gwei / 2n);
  const base: Record<string, bigint> = { swap: 55n, approval: 16n, transfer: 10n };
  let mev = (base[category] ?? 8n) + urgency / 2n;
  if (isKnown) mev += 12n;
  if ((tx.input.length - 2) / 2 > 132) mev += 5n;
  if (tx.value > 0n) mev += 3n;
  if (tx.gas_limit >= 200_000n) mev += 4n;
  if (tx.tx_type === 3) mev += 2n;
  if (chain_id !== 1) mev -= 15n;
  return { urgency_score: Number(least(100n, urgency)), mev_score: Number(mev < 0n ? 0n : least(100n, mev)) };
}

describe.skipIf(!isHere)("recorded transactions", () => {
  describe.each(CHAINS)("of $name", ({ chain_id, name, folders }) => {
    const transactions = isHere ? recordedTransactions(folders) : [];
    const model = folded(chain_id, transactions);
    const features = new Map(rowsOf<FeatureEntity>(model, "feature.main").map((row) => [row.hash, row]));
    const protocols = SECTIONS.find((section) => section.chain_id === chain_id)?.protocols ?? {};

    test("have a row each, with the protocol of the address that they call", () => {
      expect(features.size).toBe(transactions.length);
      for (const tx of transactions) {
        const isErc20 = tx.to !== null && ERC20_SELECTORS.includes(tx.input.slice(0, 10));
        const byAddress = tx.to === null ? undefined : protocols[tx.to];
        expect(features.get(tx.hash)?.protocol).toBe(byAddress ?? (isErc20 ? "erc20" : "unknown"));
      }
    });

    test("of a known router or of a token are never `other`", () => {
      const left = transactions.filter(({ hash }) => {
        const row = features.get(hash);
        return row?.protocol !== "unknown" && row?.category === "other";
      });
      expect(left.map(({ to, input }) => [to, input.slice(0, 10)])).toEqual([]);
    });

    test("score as a plain computation says", () => {
      for (const tx of transactions) {
        const row = features.get(tx.hash);
        if (row === undefined) throw new Error(tx.hash);
        const isKnown = tx.to !== null && protocols[tx.to] !== undefined;
        expect(row).toMatchObject(scoresOf(chain_id, tx, row.category, isKnown));
      }
    });

    test("are as many a protocol and category as docs/features.md publishes", () => {
      const counts = rowsOf<FeatureTopEntity>(model, "feature.top").map(
        ({ protocol, category, count }) => `${name} ${protocol} ${category} ${count}`,
      );
      const published = tableBelow("What recorded transactions are").filter(([chain]) => chain === name);
      expect(published.map((cells) => cells.join(" "))).toEqual(expect.arrayContaining(counts));
      expect(published).toHaveLength(counts.length);
    });
  });
});

describe("docs/features.md", () => {
  test("has the protocols of the registry, address by address", () => {
    const registry = SECTIONS.flatMap(({ name, protocols }) =>
      Object.entries(protocols).map(([address, protocol]) => [name, address, protocol]),
    );
    expect(tableBelow("Protocols by address").map((cells) => cells.slice(0, 3))).toEqual(registry);
  });

  test("has what each selector does", () => {
    expect(tableBelow("Categories by selector")).toEqual(
      SELECTOR_RULES.map(({ selector, category, signature, known_only }) => [
        category,
        selector,
        signature,
        known_only ? "known protocols" : "anywhere",
      ]),
    );
  });
});
