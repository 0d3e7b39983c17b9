/** Generated entities and their cells: plausible, seeded, no more. */
import { CHAIN_NAMES } from "../../protocol/chain-names.ts";
import type { ChannelName, MainChannel } from "../../protocol/stream/channels.ts";
import type { EntityOf } from "../../protocol/stream/entities.ts";
import type { Cell, ColumnId } from "../../workers/api.ts";
import { feature, marketOf, opportunity, topFeature } from "./fake-derived.ts";
import { clock, hex, money, PAIRS, pick, short, VENUES } from "./fake-values.ts";

export interface FakeRow {
  entity: EntityOf<ChannelName>;
  cells: Readonly<Partial<Record<ColumnId, Cell>>>;
}

export function fakeRow(channel: MainChannel, seq: number, now: number, random: () => number): FakeRow {
  switch (channel) {
    case "pool.main":
      return poolEvent(seq, now, random);
    case "tx.main":
      return transaction(seq, now, random);
    case "pool.state":
      return pool(seq, now, random);
    case "feature.main":
      return feature(seq, random);
    case "feature.top":
      return topFeature(seq, random);
    case "opportunity.main":
      return opportunity(seq, now, random);
    case "market.main":
      return marketOf(seq, now, random);
    case "chain.main":
      return chain(seq, now);
  }
}

function amount(value: number, symbol: string): Cell {
  return { text: `${money(value, 4)} ${symbol}`, title: `${value.toFixed(18)} ${symbol}` };
}

function poolEvent(seq: number, now: number, random: () => number): FakeRow {
  const pair = pick(PAIRS, random);
  const [base = "", quote = ""] = pair.split("/");
  const kind = random() < 0.8 ? "swap" : pick(["mint", "burn", "sync"] as const, random);
  const size = random() ** 3 * 900;
  const price = 1000 + random() * 2000;
  const tx_hash = hex(32, random);
  const address = hex(20, random);
  const block = String(61_200_000 + Math.floor(seq / 40));
  const raw = (value: number) => ({
    raw: `${Math.floor(value * 1e6)}000000000000`,
    decimals: 18,
    text: value.toFixed(6),
  });
  return {
    entity: {
      id: `137:${hex(32, random)}:${seq % 300}`,
      seq,
      kind,
      chain_id: 137,
      pool: address,
      venue: pick(VENUES, random),
      pair,
      token_in: hex(20, random),
      token_out: hex(20, random),
      symbol_in: base,
      symbol_out: quote,
      symbol0: null,
      symbol1: null,
      amount_in: raw(size),
      amount_out: raw(size * price),
      amount0: null,
      amount1: null,
      price,
      value_usd: size * price,
      tick_after: 201_334,
      liquidity_after: "15242342342342342342",
      sqrt_price_x96_after: "1771595571142957102961017161607260",
      block_number: block,
      tx_hash,
      log_index: seq % 300,
      status: "seen",
      seen_unix_ms: now,
    },
    cells: {
      seen: clock(now),
      kind: { text: kind },
      venue: { text: pick(VENUES, random) },
      pair: { text: pair },
      amount_in: amount(size, base),
      amount_out: amount(size * price, quote),
      price: { text: money(price, 2), title: String(price) },
      value_usd: { text: money(size * price, 0), title: String(size * price) },
      block: { text: block },
      pool: short(address),
      tx: short(tx_hash),
      status: { text: random() < 0.02 ? "reorged" : "seen" },
      depth: { text: "2" },
      chain: { text: "Polygon", title: "Polygon, chain id 137" },
    },
  };
}

function transaction(seq: number, now: number, random: () => number): FakeRow {
  const hash = hex(32, random);
  const sender = hex(20, random);
  const to = hex(20, random);
  const draw = random();
  const status =
    draw < 0.4
      ? "pending"
      : draw < 0.85
        ? "included"
        : pick(["reverted", "replaced", "dropped"] as const, random);
  const block =
    status === "included" || status === "reverted" ? String(61_200_000 + Math.floor(seq / 40)) : null;
  const method = pick(["swapExactTokensForTokens", "multicall", "transfer", "0x38ed1739"] as const, random);
  return {
    entity: {
      id: hash,
      seq,
      hash,
      chain_id: 137,
      sender,
      to,
      nonce: String(seq % 977),
      tx_type: 2,
      value_wei: "1500000000000000000",
      gas_limit: "210000",
      gas_price_wei: null,
      max_fee_per_gas_wei: "42123456789",
      max_priority_fee_per_gas_wei: "30000000000",
      method_selector: "0x38ed1739",
      calldata_bytes: 260,
      status,
      block_number: block,
      protocol: "uniswap-v2",
      category: "swap",
      seen_unix_ms: now,
      source_id: 1,
    },
    cells: {
      seen: clock(now),
      status: { text: status },
      hash: short(hash),
      sender: short(sender),
      to: short(to),
      value: { text: (random() * 12).toFixed(4), title: "1500000000000000000 wei" },
      method: { text: method, title: "0x38ed1739" },
      protocol: { text: "uniswap-v2" },
      category: { text: "swap" },
      fee: { text: "42.12", title: "42.123456789" },
      nonce: { text: String(seq % 977) },
      type: { text: "2" },
      gas_limit: { text: "210,000" },
      block: { text: block ?? "–" },
      chain: { text: "Polygon", title: "Polygon, chain id 137" },
    },
  };
}

function pool(seq: number, now: number, random: () => number): FakeRow {
  const pair = pick(PAIRS, random);
  const id = hex(20, random);
  const price = 1000 + random() * 2000;
  return {
    entity: {
      id,
      seq,
      chain_id: 137,
      venue: pick(VENUES, random),
      kind: "v3",
      token0: hex(20, random),
      token1: hex(20, random),
      symbol0: "WETH",
      symbol1: "USDC",
      pair,
      fee: 3000,
      reserve0: null,
      reserve1: null,
      sqrt_price_x96: "1771595571142957102961017161607260",
      liquidity: "15242342342342342342",
      tick: 201_334,
      price,
      price_usd: price,
      tvl_usd: null,
      swaps: seq,
      volume_usd: 1234.5,
      last_seen_unix_ms: now,
    },
    cells: {
      pair: { text: pair },
      venue: { text: pick(VENUES, random) },
      kind: { text: pick(["v2", "v3", "algebra"] as const, random) },
      fee: { text: "0.3 %" },
      price: { text: money(price, 2), title: String(price) },
      price_usd: { text: money(price, 2) },
      tvl_usd: { text: money(random() * 1e7, 2) },
      volume_usd: { text: money(random() * 1e5, 2) },
      chain: { text: "Polygon", title: "Polygon, chain id 137" },
      reserve0: amount(random() * 1e4, "WETH"),
      reserve1: amount(random() * 1e7, "USDC"),
      liquidity: { text: "15.242 × 10¹⁸", title: "15242342342342342342" },
      tick: { text: "201,334" },
      swaps: { text: String(seq % 4000) },
      seen: clock(now),
      pool: short(id),
    },
  };
}

function chain(seq: number, now: number): FakeRow {
  const id = ["1", "137", "31337"][seq % 3] ?? "1";
  const head = String(61_200_000 + Math.floor(seq / 40));
  const state = (["connected", "silent", "reconnecting"] as const)[seq % 3] ?? "connected";
  return {
    entity: {
      id,
      seq,
      head_block: head,
      head_hash: `0x${"ab".repeat(32)}`,
      block_unix_ms: now - 1_900,
      base_fee_wei: "31212000000",
      block_time_ms: 2_000,
      gas_price_wei: "32212000000",
      last_reorg_depth: null,
      gas_used_ratio: 0.53,
      tx_per_s: 20.4,
      swaps_per_s: 8.1,
      reorgs: 0,
      collector_state: state,
      collector_id: "lab",
      last_event_unix_ms: now,
    },
    cells: {
      chain: { text: CHAIN_NAMES[Number(id)] ?? id },
      block_every: { text: "2 s" },
      gas_price: { text: "32.2", title: "32212000000 wei" },
      reorg_depth: { text: "–" },
      head: { text: head },
      block_time: clock(now - 1_900),
      base_fee: { text: "31.2", title: "31212000000 wei" },
      gas_used: { text: "53 %" },
      tx_rate: { text: "20.4" },
      swap_rate: { text: "8.1" },
      reorgs: { text: "0" },
      collector: { text: state },
      seen: clock(now),
    },
  };
}
