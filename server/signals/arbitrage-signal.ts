/** One of our opportunities as an ArbitrageSignal: what the pipeline's executors read. */
import type { ArbitrageConfig } from "../../model/arbitrage/options.ts";
import type { OpportunityEntity } from "../../protocol/stream/entities.ts";
import type { TlvInit } from "../../protocol/tlv/encode.ts";
import { VENUE, type VenueName } from "../../protocol/tlv/registry.ts";

export type SignalConfig = Pick<ArbitrageConfig, "strategy_id" | "slippage_tolerance_bps">;

const Q8 = 100_000_000;
const WEI_PER_GWEI = 1e9;
const MAX_I64 = 2n ** 63n - 1n;
const MAX_U16 = 65_535;
const MAX_U32 = 2 ** 32 - 1;

/**
 * The opportunity's figures in a signal's fields. Dollars are rounded to the nearest 10^-8; `signal_id` is the seq that it
 * opened with, which no other opening of the epoch has; the gas price is at most what leaves a net profit, the priority its
 * score. Null where a figure does not fit its field: nothing is wrapped.
 */
export function signalOf(row: OpportunityEntity, config: SignalConfig): TlvInit | null {
  const dollars = {
    expected_profit_usd_q8: q8(row.gross_profit_usd),
    required_capital_usd_q8: q8(row.required_capital_usd),
    dex_fees_usd_q8: q8(row.dex_fees_usd ?? 0),
    gas_cost_usd_q8: q8(row.gas_cost_usd),
    slippage_usd_q8: q8(row.slippage_usd),
    net_profit_usd_q8: q8(row.net_profit_usd),
  };
  const validUntil = Math.floor(row.valid_until_unix_ms / 1000);
  const fits =
    Object.values(dollars).every((value) => value <= MAX_I64) &&
    row.spread_bps <= MAX_U16 &&
    row.chain_id <= MAX_U32 &&
    validUntil <= MAX_U32;
  if (!fits) return null;
  return {
    name: "ArbitrageSignal",
    strategy_id: config.strategy_id,
    signal_id: BigInt(row.opened_seq),
    chain_id: row.chain_id,
    source_pool: row.buy_pool,
    target_pool: row.sell_pool,
    source_venue: venueId(row.buy_venue),
    target_venue: venueId(row.sell_venue),
    token_in: row.token_in,
    token_out: row.token_out,
    ...dollars,
    spread_bps: row.spread_bps,
    slippage_tolerance_bps: config.slippage_tolerance_bps,
    max_gas_price_gwei: maxGasPriceGwei(row),
    valid_until: validUntil,
    priority: row.score,
    timestamp_ns: BigInt(row.detected_unix_ms) * 1_000_000n,
  };
}

function q8(usd: number): bigint {
  return BigInt(Math.round(usd * Q8));
}

/** At which the gas eats the net profit; one that no field holds is no limit. */
function maxGasPriceGwei({ gas_price_wei, gas_cost_usd, net_profit_usd }: OpportunityEntity): number {
  if (gas_price_wei === null || gas_cost_usd === 0) return MAX_U32;
  const gwei = (Number(gas_price_wei) / WEI_PER_GWEI) * (1 + net_profit_usd / gas_cost_usd);
  return Math.min(MAX_U32, Math.floor(gwei));
}

/** The reverse of `venueName`: its name, or `venue N`. */
function venueId(name: string): number {
  return VENUE[name as VenueName] ?? Number(name.slice("venue ".length));
}
