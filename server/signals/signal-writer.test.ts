import { describe, expect, it } from "vitest";
import { readArbitrageOptions } from "../../model/arbitrage/options.ts";
import {
  CHEAP,
  DEAR,
  head,
  INFOS,
  make,
  reserves,
  swapped,
  USDC,
  WETH,
} from "../../model/arbitrage/testing/pair.ts";
import type { Channel } from "../../model/channel.ts";
import type { Model } from "../../model/model.ts";
import { feed, rowsOf, START_MS, tick } from "../../model/testing/messages.ts";
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import { decodeMessage, type Message } from "../../protocol/tlv/decode.ts";
import { encodeMessage } from "../../protocol/tlv/encode.ts";
import { VENUE } from "../../protocol/tlv/registry.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { VirtualClock } from "../testing/clock.ts";
import { signalOf } from "./arbitrage-signal.ts";
import { SignalWriter } from "./signal-writer.ts";

const CONFIG = readArbitrageOptions({ strategy_id: 3 });

function writing(model: Model) {
  const bytes: Uint8Array[] = [];
  const writer = new SignalWriter({
    channel: model.channels.get("opportunity.main") as Channel,
    config: CONFIG,
    clock: new VirtualClock(),
    sink: (message) => bytes.push(message),
  });
  const signals = () =>
    bytes.map((message) => decodeMessage(new MessageView().attach(message).seek(0, message.length)));
  return { writer, bytes, signals };
}

const opening = [reserves(CHEAP, 100, 3_000), reserves(DEAR, 100, 3_100), head(100)];
const rowOf = (model: Model) => rowsOf(model, "opportunity.main")[0] as unknown as OpportunityEntity;

describe("the signal writer", () => {
  it("writes what opens, once, however often it is refreshed", () => {
    const model = make();
    const { writer, signals } = writing(model);
    feed(model, ...INFOS);
    writer.changed();
    feed(model, ...opening);
    writer.changed();
    writer.changed();
    feed(model, reserves(DEAR, 101, 3_200), head(101));
    writer.changed();
    expect(signals()).toHaveLength(1);
    feed(model, reserves(DEAR, 102, 3_000), swapped(DEAR, 102), head(102));
    writer.changed();
    feed(model, reserves(DEAR, 103, 3_100), head(103));
    writer.changed();
    const [first, second] = signals() as [Message, Message];
    expect(signals()).toHaveLength(2);
    expect([first.sequence, second.sequence]).toEqual([1n, 2n]);
    expect(writer.written).toBe(2);
  });

  it("writes one that was opened and refreshed in one burst, and none that ended in it", () => {
    const model = make();
    const { writer, signals } = writing(model);
    feed(model, ...INFOS, ...opening, reserves(DEAR, 101, 3_200), head(101));
    writer.changed();
    expect(signals()).toHaveLength(1);
    feed(model, reserves(DEAR, 102, 3_000), head(102), reserves(DEAR, 103, 3_100), head(103));
    feed(model, reserves(DEAR, 104, 3_000), head(104));
    writer.changed();
    expect(signals()).toHaveLength(1);
  });

  it("makes messages of the signal domain, source 20, with the row's figures", () => {
    const model = make();
    const { writer, signals } = writing(model);
    feed(model, ...INFOS, ...opening);
    writer.changed();
    const row = rowOf(model);
    const [message] = signals() as [Message];
    expect(message).toMatchObject({ domain: "signal", source: 20, checksum: "ok" });
    expect(message.tlvs).toHaveLength(1);
    const [signal] = message.tlvs;
    expect(signal).toMatchObject({
      name: "ArbitrageSignal",
      strategy_id: 3,
      signal_id: BigInt(row.opened_seq),
      chain_id: 1,
      source_pool: CHEAP,
      target_pool: DEAR,
      source_venue: VENUE.UniswapV2,
      target_venue: VENUE.UniswapV2,
      token_in: USDC,
      token_out: WETH,
      spread_bps: row.spread_bps,
      slippage_tolerance_bps: 50,
      valid_until: (START_MS + 30_000) / 1000,
      priority: row.score,
      timestamp_ns: BigInt(START_MS) * 1_000_000n,
    });
    const q8 = (usd: number) => BigInt(Math.round(usd * 1e8));
    expect(signal).toMatchObject({
      expected_profit_usd_q8: q8(row.gross_profit_usd),
      required_capital_usd_q8: q8(row.required_capital_usd),
      dex_fees_usd_q8: q8(row.dex_fees_usd ?? Number.NaN),
      gas_cost_usd_q8: q8(row.gas_cost_usd),
      slippage_usd_q8: q8(row.slippage_usd),
      net_profit_usd_q8: q8(row.net_profit_usd),
    });
    const gwei = (signal as { max_gas_price_gwei: number }).max_gas_price_gwei;
    const gasUsd = (price: number) => (row.gas_cost_usd * price * 1e9) / Number(row.gas_price_wei);
    expect(gasUsd(gwei)).toBeLessThanOrEqual(row.gas_cost_usd + row.net_profit_usd);
    expect(gasUsd(gwei + 1)).toBeGreaterThan(row.gas_cost_usd + row.net_profit_usd);
  });

  it("is read back by the fold that wrote it without a trace, and by another one as a row", () => {
    const model = make({ arbitrage: { strategy_id: 3 } });
    const { writer, bytes } = writing(model);
    feed(model, ...INFOS, ...opening);
    writer.changed();
    const before = rowsOf(model, "opportunity.main");
    feed(model, ...bytes);
    writer.changed();
    expect(rowsOf(model, "opportunity.main")).toEqual(before);
    expect(bytes).toHaveLength(1);
    const other = make();
    feed(other, tick(START_MS), ...bytes);
    expect(rowOf(other)).toMatchObject({ id: rowOf(model).id, method: "signal", strategy: "strategy 3" });
    const echoing = writing(other);
    feed(other, ...bytes);
    echoing.writer.changed();
    expect(echoing.bytes).toEqual([]);
  });
});

describe("a figure that a signal has no room for", () => {
  const model = make();
  feed(model, ...INFOS, ...opening);
  const row = rowOf(model);
  const MOST = 2n ** 63n - 1n;

  it.each<[string, Partial<OpportunityEntity>]>([
    ["a profit over an i64", { gross_profit_usd: 93_000_000_000 }],
    ["a capital over an i64", { required_capital_usd: 1e12 }],
    ["a spread over a u16", { spread_bps: 65_536 }],
    ["a chain id over a u32", { chain_id: 2 ** 32 }],
  ])("makes none: %s", (_, fields) => {
    expect(signalOf({ ...row, ...fields }, CONFIG)).toBeNull();
  });

  it("is counted", () => {
    const rich = make();
    const { writer, bytes } = writing(rich);
    const scale = (usd: number) => reserves(CHEAP, 100, usd);
    feed(rich, ...INFOS, scale(3_000), reserves(DEAR, 100, 3_000_000), head(100));
    writer.changed();
    expect(bytes).toEqual([]);
    expect(writer.faultCounts()).toEqual({ signal_overflow: 1 });
  });

  it("fits up to the last unit", () => {
    const signal = signalOf({ ...row, gross_profit_usd: 92_233_720_368 }, CONFIG);
    if (signal === null) throw new Error("no signal");
    expect((signal as { expected_profit_usd_q8: bigint }).expected_profit_usd_q8 <= MOST).toBe(true);
    encodeMessage({ domain: "signal", source: 20, sequence: 1n, timestamp_ns: 0n, tlvs: [signal] });
  });

  it("names venues that the registry has not", () => {
    expect(signalOf({ ...row, buy_venue: "venue 12345" }, CONFIG)).toMatchObject({ source_venue: 12_345 });
  });
});
