import { expect, test } from "vitest";
import { type ChainSection, checkChainSections, SECTION_LIMITS } from "./chain-section.ts";

const address = (n: number) => `0x${n.toString(16).padStart(40, "0")}`;
const section: ChainSection = {
  chain_id: 31_337,
  name: "Local chain",
  native_symbol: "ETH",
  block_ms: 2_000,
  wrapped_native: address(1),
  stables: [address(2)],
  tokens: { [address(1)]: "WETH", [address(2)]: "USDC.e" },
  protocols: { [address(3)]: "uniswap-v2", [address(4)]: "0x" },
};
const many = (count: number) => Array.from({ length: count }, (_, n) => address(n));

test("a list of sections is taken as it is", () => {
  expect(() => checkChainSections([])).not.toThrow();
  expect(() => checkChainSections([section, { ...section, chain_id: 1 }])).not.toThrow();
});

test.each([
  ["chains:", {}],
  ["chains.0:", ["x"]],
  ["chains.0.chain_id:", [{ ...section, chain_id: 0 }]],
  ["chains.0.name:", [{ ...section, name: "" }]],
  ["chains.1.block_ms:", [section, { ...section, block_ms: 0.5 }]],
  ["chains.0.wrapped_native:", [{ ...section, wrapped_native: address(1).toUpperCase() }]],
  ["chains.0.stables.1:", [{ ...section, stables: [address(2), "0x12"] }]],
  ["chains.0.stables:", [{ ...section, stables: many(SECTION_LIMITS.stables_count + 1) }]],
  ["chains.0.stables:", [{ ...section, stables: [address(2), address(2)] }]],
  ["chains.0.tokens", [{ ...section, tokens: { WETH: address(1) } }]],
  [`chains.0.tokens.${address(1)}:`, [{ ...section, tokens: { [address(1)]: "US$" } }]],
  [
    "chains.0.protocols",
    [
      {
        ...section,
        protocols: Object.fromEntries(many(SECTION_LIMITS.protocols_count + 1).map((at) => [at, "dex"])),
      },
    ],
  ],
  [`chains.0.protocols.${address(3)}:`, [{ ...section, protocols: { [address(3)]: "a/b" } }]],
  ["chains.0", [{ ...section, extra: 1 }]],
  ["chains.1.chain_id: 31337 was there already", [section, section]],
  [
    "chains:",
    Array.from({ length: SECTION_LIMITS.sections_count + 1 }, (_, n) => ({ ...section, chain_id: n + 1 })),
  ],
])("names %s where it is wrong", (field, chains) => {
  expect(() => checkChainSections(chains)).toThrow(RangeError);
  expect(() => checkChainSections(chains)).toThrow(field);
});
