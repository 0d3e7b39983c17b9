import { describe, expect, test } from "vitest";
import { DECIMALS_UNKNOWN, VENUE } from "../../../protocol/tlv/registry.ts";
import { FilePools } from "./file-pools.ts";
import { addressOf } from "./testing/made-logs.ts";

const entry = {
  chainId: 137,
  pool: addressOf(0xaa).toUpperCase().replace("0X", "0x"),
  kind: "v3",
  factory: "uniswap-v3",
  fee: 500,
  token0: "0x2791bca1f2de4661ed88a30c99a7a9449aa84174",
  token1: addressOf(2),
  decimals0: 6,
  symbol0: "USDC.e",
  decimals1: null,
  symbol1: null,
};
const read = async (...entries: object[]) =>
  [...(await new FilePools(entries, 137).find([addressOf(0xaa)])).values()][0];

describe("a pool of a file", () => {
  test("takes its venue and kind from its factory, its tick spacing from its fee", async () => {
    expect(await read(entry)).toEqual({
      address: addressOf(0xaa),
      kind: "v3",
      venue: VENUE.UniswapV3,
      fee: 500,
      tick_spacing: 10,
      token0: { address: entry.token0, decimals: 6, symbol: "USDC.e", name: "", stable: true },
      token1: { address: addressOf(2), decimals: DECIMALS_UNKNOWN, symbol: "", name: "", stable: false },
    });
  });

  test("of an Algebra factory is one, though the file says v3: their logs look the same", async () => {
    expect(await read({ ...entry, factory: "quickswap-v3", fee: undefined })).toMatchObject({
      kind: "algebra",
      venue: VENUE.QuickSwap,
      fee: 0,
      tick_spacing: 0,
    });
  });

  test("without a known factory is Generic, with no fee but the file's", async () => {
    expect(await read({ ...entry, factory: null, kind: "v2", fee: undefined })).toMatchObject({
      kind: "v2",
      venue: VENUE.Generic,
      fee: 0,
    });
    expect(await read({ ...entry, factory: "quickswap-v2", fee: undefined })).toMatchObject({ fee: 3_000 });
  });

  test("of another chain is left out, and an address that is none of them is no pool", async () => {
    const pools = new FilePools([entry, { ...entry, chainId: 1 }], 137);
    expect(pools.count).toBe(1);
    expect(await pools.find([addressOf(5)])).toEqual(new Map());
  });
});

test.each([
  ["not a list", {}, "pools: expected a JSON array"],
  ["not an object", [7], "[0]: expected an object, got 7"],
  ["no chain", [{}], "[0].chainId: expected an integer"],
  ["a bad address", [entry, { ...entry, pool: "0x12" }], '[1].pool: expected an address, got "0x12"'],
  ["no token", [{ ...entry, token1: undefined }], "[0].token1: expected an address, got nothing"],
  [
    "an unknown kind",
    [{ ...entry, factory: null, kind: "curve" }],
    '[0].kind: expected v2, v3, algebra, got "curve"',
  ],
  [
    "decimals over 254",
    [{ ...entry, decimals0: 255 }],
    "[0].decimals0: expected an integer from 0 to 254, got 255",
  ],
  ["a fee over all", [{ ...entry, fee: 1_000_001 }], "[0].fee: expected an integer from 0 to 1000000"],
])("%s is one line that names entry and field", (_name, entries, message) => {
  expect(() => new FilePools(entries, 137)).toThrow(message);
});
