/** Generated rows of what the fold derives: features, opportunities, markets. */
import type { FakeRow } from "./fake-rows.ts";
import { clock, hex, money, PAIRS, pick, short, VENUES } from "./fake-values.ts";

type Random = () => number;

const PROTOCOLS = [
  "uniswap-v2",
  "uniswap-v3",
  "universal-router",
  "1inch-v5",
  "quickswap-v3",
  "unknown",
] as const;
const CATEGORIES = ["swap", "multicall", "liquidity", "transfer", "approval", "other"] as const;

export function feature(seq: number, random: Random): FakeRow {
  const hash = hex(32, random);
  const protocol = pick(PROTOCOLS, random);
  const category = pick(CATEGORIES, random);
  const mev_score = Math.floor(random() * 100);
  const urgency_score = Math.floor(random() * 100);
  const feature_engine_version = "feature-engine.v1";
  return {
    entity: {
      id: hash,
      seq,
      hash,
      chain_id: 137,
      protocol,
      category,
      mev_score,
      urgency_score,
      method_selector: "0x38ed1739",
      feature_engine_version,
    },
    cells: {
      hash: short(hash),
      protocol: { text: protocol },
      category: { text: category },
      mev_score: { text: String(mev_score) },
      urgency_score: { text: String(urgency_score) },
      method: { text: "swapExactTokensForTokens", title: "0x38ed1739" },
      chain: { text: "Polygon", title: "Polygon, chain id 137" },
      version: { text: feature_engine_version },
    },
  };
}

export function topFeature(seq: number, random: Random): FakeRow {
  const protocol = PROTOCOLS[seq % PROTOCOLS.length] ?? "unknown";
  const category = CATEGORIES[(seq * 5) % CATEGORIES.length] ?? "other";
  const count = seq % 9000;
  const rate = Math.floor(random() * 90);
  return {
    entity: {
      id: `${protocol}/${category} ${seq}`,
      seq,
      protocol,
      category,
      count,
      rate_per_min: rate,
      mean_mev_score: 48.25,
      mean_urgency_score: 31.5,
    },
    cells: {
      protocol: { text: protocol },
      category: { text: category },
      count: { text: money(count, 0) },
      rate: { text: String(rate) },
      mean_mev: { text: "48.3", title: "48.25" },
      mean_urgency: { text: "31.5" },
    },
  };
}

export function opportunity(seq: number, now: number, random: Random): FakeRow {
  const pair = pick(PAIRS, random);
  const [base = "", quote = ""] = pair.split("/");
  const buy_venue = pick(VENUES, random);
  const sell_venue = pick(VENUES, random);
  const [buy_pool, sell_pool] = [hex(20, random), hex(20, random)];
  const gross = 2 + random() ** 4 * 400;
  const [gas, slippage] = [1.24, gross * 0.1];
  const status = random() < 0.4 ? "open" : random() < 0.5 ? "taken" : "expired";
  const score = Math.floor(40 + random() * 60);
  const reasons = ["net profit over 10 dollars", "both pools are exact", "gas is a tenth of gross"];
  const size = 100 + random() * 9000;
  const amount = (value: number) => ({
    raw: `${Math.floor(value * 1e6)}`,
    decimals: 6,
    text: value.toFixed(6),
  });
  return {
    entity: {
      id: `137.${hex(20, random)}:${buy_pool}:${sell_pool}`,
      seq,
      status,
      strategy: "v2-v3",
      score,
      reasons,

      method: "single-tick",
      chain_id: 137,
      pair,
      token_in: hex(20, random),
      token_out: hex(20, random),

      symbol_in: quote,
      symbol_out: base,
      buy_pool,
      buy_venue,
      buy_price: 2000.5,
      sell_pool,
      sell_venue,
      sell_price: 2008.75,
      spread_bps: 41,
      optimal_in: amount(size),
      expected_out: amount(size / 2000),

      gross_profit: amount(gross),
      gross_profit_usd: gross,
      dex_fees_usd: size * 0.0035,
      gas_cost_usd: gas,
      gas_price_wei: "32212000000",
      slippage_usd: slippage,
      net_profit_usd: gross - gas - slippage,
      required_capital_usd: size,

      signal: null,
      protocol: `${buy_venue}>${sell_venue}`,
      category: "arbitrage",
      block_number: "61220308",
      arbitrage_engine_version: "arbitrage-engine.v1",
      feature_engine_version: "feature-engine.v1",
      detected_unix_ms: now,
      opened_seq: seq,
      valid_until_unix_ms: now + 12_000,
    },
    cells: {
      status: { text: status },
      pair: { text: pair },
      route: { text: `${buy_venue} → ${sell_venue}`, title: `buy in ${buy_pool}, sell in ${sell_pool}` },
      spread: { text: "0.41 %", title: "41 hundredths of a percent" },
      optimal_in: { text: `${money(size, 4)} ${quote}`, title: `${size} ${quote}` },
      gross_usd: { text: money(gross, 2), title: `${gross} for ${gross} ${quote}` },
      fees_usd: { text: money(size * 0.0035, 2) },
      gas_usd: { text: money(gas, 2) },
      slippage_usd: { text: money(slippage, 2) },
      net_usd: { text: money(gross - gas - slippage, 2) },
      score: { text: String(score), title: `${score}: ${reasons.join(", ")}` },
      block: { text: "61,220,308" },
      depth: { text: "1 block" },
      detected: clock(now),
      valid_until: clock(now + 12_000),
      strategy: { text: "v2-v3", title: "v2-v3, single-tick" },
      chain: { text: "Polygon", title: "Polygon, chain id 137" },
    },
  };
}

/** Each symbol once, in turn. */
export function marketOf(seq: number, now: number, random: Random): FakeRow {
  const title = PAIRS[seq % PAIRS.length] ?? "WETH/USDC";
  const symbol = `${title}@137`;
  const last = 2000 + random() * 20;
  const ratio = (random() - 0.5) / 20;
  const price = (value: number) => ({ text: money(value, 2), title: String(value) });
  return {
    entity: {
      id: symbol,
      seq,
      symbol,
      title,
      kind: "pair",
      chain_id: 137,
      interval: "500ms",
      start_unix_ms: now,

      open: "2000.1",
      high: "2011",
      low: "1999.5",
      close: last.toFixed(4),
      volume: "12.5",
      vwap: "2003.25",

      trades: 7,
      final: false,
      session_open: "1990",
      change: (last - 1990).toFixed(4),
      change_ratio: ratio,
      last_trade_unix_ms: now,
    },
    cells: {
      symbol: { text: title, title: symbol },
      last: price(last),
      change_ratio: { text: `${ratio > 0 ? "+" : ""}${(ratio * 100).toFixed(2)} %` },
      change: price(last - 1990),
      volume: { text: "12.5" },
      trades: { text: "7" },
      vwap: price(2003.25),
      high: price(2011),
      low: price(1999.5),
      open: price(2000.1),
      last_trade: clock(now),
      kind: { text: "pair" },
      chain: { text: "Polygon", title: "Polygon, chain id 137" },
    },
  };
}
