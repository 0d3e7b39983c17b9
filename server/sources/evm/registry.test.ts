import { encodeAbiParameters, encodePacked, getCreate2Address, type Hex, keccak256 } from "viem";
import { describe, expect, test } from "vitest";
import { VENUE } from "../../../protocol/tlv/registry.ts";
import { corpus } from "../../../testing/corpus.ts";
import { FACTORIES, STABLE_TOKENS } from "./registry.ts";
import type { Row } from "./rows.ts";
import { corpusRows } from "./testing/corpus-logs.ts";

/** Keccak-256 of the code that each factory deploys; QuickSwap's pairs are Uniswap's to the byte. */
const INIT_CODE: Record<string, Hex> = {
  "uniswap-v2": "0x96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f",
  "quickswap-v2": "0x96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f",
  sushiswap: "0xe18a34eb0e04b04f7a0ac29a6e80748dca96319b42c54d679cb821dca90c6303",
  "uniswap-v3": "0xe34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54",
};

test("addresses are lower-case, one factory a chain and name", () => {
  const places = FACTORIES.map(({ chain_id, name }) => `${chain_id} ${name}`);
  expect(new Set(places).size).toBe(places.length);
  for (const { address } of FACTORIES) expect(address).toMatch(/^0x[0-9a-f]{40}$/);
  for (const tokens of STABLE_TOKENS.values()) {
    for (const address of tokens) expect(address).toMatch(/^0x[0-9a-f]{40}$/);
  }
});

test("venue by factory and chain", () => {
  const venue = (chain: number, name: string) =>
    FACTORIES.find((factory) => factory.chain_id === chain && factory.name === name)?.venue;
  expect(venue(1, "sushiswap")).toBe(VENUE.SushiSwap);
  expect(venue(137, "sushiswap")).toBe(VENUE.SushiSwapPolygon);
  expect(venue(137, "quickswap-v2")).toBe(VENUE.QuickSwap);
  expect(venue(137, "quickswap-v3")).toBe(VENUE.QuickSwap);
  expect(venue(137, "uniswap-v3")).toBe(VENUE.UniswapV3);
});

describe.skipIf(corpus("data/tokens") === null)("real pools", () => {
  const entries = (corpusPoolsRows() ?? []).filter((entry) => entry.create2Verified === true);

  test("every one of 276 has the address that its factory here would deploy it at", () => {
    expect(entries).toHaveLength(276);
    for (const { chainId, factory: name, token0, token1, fee, pool } of entries) {
      const factory = FACTORIES.find((known) => known.chain_id === chainId && known.name === name);
      const [a, b] = [token0 as Hex, token1 as Hex];
      const salt =
        factory?.kind === "v2"
          ? encodePacked(["address", "address"], [a, b])
          : encodeAbiParameters(
              [{ type: "address" }, { type: "address" }, { type: "uint24" }],
              [a, b, Number(fee)],
            );
      const address = getCreate2Address({
        from: factory?.address as Hex,
        salt: keccak256(salt),
        bytecodeHash: INIT_CODE[String(name)] as Hex,
      });
      expect(address.toLowerCase()).toBe(pool);
    }
  });
});

/** The file is a bare array of what is no row of a chain. */
function corpusPoolsRows(): Row[] | null {
  return corpusRows("tokens/pools-derived.json");
}
