import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDecimal } from "../../../protocol/decimal.ts";
import { decodeMessage } from "../../../protocol/tlv/decode.ts";
import { encodeMessage } from "../../../protocol/tlv/encode.ts";
import { MessageView } from "../../../protocol/tlv/view.ts";
import { FrameError, readItems } from "./items.ts";
import { assetIdOf, type FirehoseTrade, readTrade, tradeTlvs } from "./trade.ts";

const TRADE =
  '{"ev":"T","sym":"TSLA","i":"640850","x":4,"p":427.5288,"s":1,"t":1760375617662,"c":[12,37],"z":3}';

function read(text: string): FirehoseTrade | string {
  return readTrade(readItems(`[${text}]`)[0] ?? {});
}

describe("a frame", () => {
  it("is an array of items of several kinds", () => {
    const items = readItems(`[{"ev":"status","status":"connected"},${TRADE},{"ev":"Q","sym":"A","bp":1.5}]`);
    expect(items.map(({ ev }) => ev)).toEqual(["status", "T", "Q"]);
  });

  it.each([
    ["{", "not JSON"],
    ["", "not JSON"],
    ["{}", "expected an array of items"],
    ["7", "expected an array of items"],
    ["[7]", "item 0: expected an object"],
    ['[{},[{"ev":"T"}]]', "item 1: expected an object"],
    ["[".repeat(100_000), "not JSON"],
  ])("%.20s is refused by name", (text, reason) => {
    expect(() => readItems(text)).toThrow(FrameError);
    expect(() => readItems(text)).toThrow(reason);
  });

  it("whatever comes is items or a FrameError", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.jsonValue().map((v) => JSON.stringify([v])),
        ),
        (text) => {
          try {
            for (const item of readItems(text)) readTrade(item);
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError);
          }
        },
      ),
    );
  });
});

describe("a trade", () => {
  it("is read with its numbers exact", () => {
    expect(read(TRADE)).toEqual({
      symbol: "TSLA",
      price_q8: 42_752_880_000n,
      size_q8: 100_000_000n,
      unix_ms: 1_760_375_617_662,
      exchange: 4,
      trade_id: "4:640850",
      tape: 3,
      conditions: [12, 37],
    });
  });

  it("has sizes in scientific notation, and as a string in ds, which counts more", () => {
    expect(read(TRADE.replace('"s":1,', '"s":4.522e-05,'))).toMatchObject({ size_q8: 4_522n });
    expect(read(TRADE.replace('"s":1,', '"s":0,"ds":"0.25",'))).toMatchObject({ size_q8: 25_000_000n });
  });

  it.each([
    ['"sym":"TSLA"', '"sym":7', "sym: expected 1 to 32 printable ASCII characters"],
    ['"sym":"TSLA"', '"sym":""', "sym: expected"],
    ['"p":427.5288', '"p":427.123456789', "p: expected a price over 0 with 8 decimals at most"],
    ['"p":427.5288', '"p":-1', "p: expected a price"],
    ['"p":427.5288', '"p":1e30', "p: expected a price"],
    ['"p":427.5288', '"p":null', "p: expected a price"],
    ['"s":1', '"s":0', "s: expected a size"],
    ['"s":1', '"s":1,"ds":"much"', "ds: expected a size"],
    ['"t":1760375617662', '"t":1.5', "t: expected Unix ms"],
    ['"t":1760375617662', '"t":9e99', "t: expected Unix ms"],
    ['"x":4,', "", "x: expected an exchange id"],
    ['"i":"640850"', '"i":""', "i: expected a trade id"],
    ['"i":"640850"', `"i":"${"9".repeat(31)}"`, "i: longer than 32 bytes"],
    ['"z":3', '"z":999', "z: expected a tape"],
    ['"c":[12,37]', '"c":[300]', "c: expected up to 16 condition codes"],
    ['"c":[12,37]', `"c":[${Array(17).fill(1).join(",")}]`, "c: expected up to 16"],
  ])("with %s as %s is refused by its field", (was, is, reason) => {
    expect(read(TRADE.replace(was, is))).toContain(reason);
  });

  it("keeps every price and size through the TLV and back", () => {
    const q8 = fc.bigInt(1n, 2n ** 63n - 1n);
    fc.assert(
      fc.property(q8, q8, (price, size) => {
        const text = (value: bigint) => formatDecimal(value.toString(), 8);
        const trade = read(TRADE.replace("427.5288", text(price)).replace('"s":1', `"s":${text(size)}`));
        const tlvs = tradeTlvs(trade as FirehoseTrade, `0x${"0".repeat(32)}`);
        const bytes = encodeMessage({
          domain: "market_data",
          source: 80,
          sequence: 1n,
          timestamp_ns: 1n,
          tlvs,
        });
        const view = new MessageView().attach(bytes).seek(0, bytes.length);
        expect(decodeMessage(view)).toMatchObject({
          tlvs: [
            { name: "Trade", asset_id: assetIdOf("TSLA"), price, volume: size, venue_id: 0 },
            { name: "TradeMeta", trade_id: "4:640850", condition_count: 2, tape: 3 },
          ],
        });
      }),
    );
  });
});

it("asset ids are the first eight bytes of a symbol, read big-endian", () => {
  expect(assetIdOf("TSLA")).toBe(0x54534c4100000000n);
  expect(assetIdOf("ABCDEFGHIJ")).toBe(assetIdOf("ABCDEFGH"));
});
