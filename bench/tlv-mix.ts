/** The messages that the codec is measured with: what a busy DEX collector sends, no two alike. */
import type { MessageInit, TlvInit } from "../protocol/tlv/encode.ts";
import { SOURCE, TX_FLAG, TX_STATUS, VENUE } from "../protocol/tlv/registry.ts";

export const MIX_NOTE =
  "70 % PoolSwap + Provenance, 20 % Transaction, 5 % PoolSync + Provenance, 5 % Trade + TradeMeta";

/** `count` messages in a fixed shuffle of the mix, from a seeded generator. */
export function mixedMessages(count: number): MessageInit[] {
  const random = randomWords(1);
  return Array.from({ length: count }, (_, index) => {
    const kind = random() % 20;
    const tlvs =
      kind < 14 ? swap(random) : kind < 18 ? transaction(random) : kind < 19 ? sync(random) : trade(random);
    return {
      domain: "market_data",
      source: SOURCE.polygon,
      sequence: BigInt(index),
      timestamp_ns: time(random),
      tlvs,
    };
  });
}

type Random = () => number;

/** u32s by xorshift. */
function randomWords(seed: number): Random {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function hex(random: Random, bytes: number): string {
  let digits = "";
  while (digits.length < 2 * bytes) digits += random().toString(16).padStart(8, "0");
  return `0x${digits.slice(0, 2 * bytes)}`;
}

function wide(random: Random, words: number): bigint {
  let value = 0n;
  for (let word = 0; word < words; word++) value = (value << 32n) | BigInt(random());
  return value;
}

function time(random: Random): bigint {
  return 1_756_101_000_000_000_000n + BigInt(random());
}

function block(random: Random): bigint {
  return 75_000_000n + BigInt(random() % 1000);
}

function swap(random: Random): TlvInit[] {
  return [
    {
      name: "PoolSwap",
      amount_in: wide(random, 3),
      amount_out: wide(random, 2),
      liquidity_after: wide(random, 3),
      timestamp_ns: time(random),
      block_number: block(random),
      tick_after: (random() % 400_000) - 200_000,
      venue: VENUE.UniswapV3,
      amount_in_decimals: 18,
      amount_out_decimals: 6,
      pool_address: hex(random, 20),
      token_in_addr: hex(random, 20),
      token_out_addr: hex(random, 20),
      sqrt_price_x96_after: wide(random, 5),
    },
    provenance(random),
  ];
}

function sync(random: Random): TlvInit[] {
  return [
    {
      name: "PoolSync",
      reserve0: wide(random, 3),
      reserve1: wide(random, 3),
      timestamp_ns: time(random),
      block_number: block(random),
      venue: VENUE.QuickSwap,
      token0_decimals: 18,
      token1_decimals: 6,
      pool_address: hex(random, 20),
      token0_addr: hex(random, 20),
      token1_addr: hex(random, 20),
    },
    provenance(random),
  ];
}

function provenance(random: Random): TlvInit {
  return {
    name: "Provenance",
    chain_id: 137n,
    block_number: 61_200_000n,
    log_index: random() % 1000,
    tx_index: random() % 200,
    reorged: 0,
    sender: hex(random, 20),
    block_hash: hex(random, 32),
    tx_hash: hex(random, 32),
  };
}

function transaction(random: Random): TlvInit[] {
  return [
    {
      name: "Transaction",
      value: wide(random, 2),
      gas_price: 0n,
      max_fee_per_gas: wide(random, 1),
      max_priority_fee_per_gas: wide(random, 1),
      chain_id: 137n,
      nonce: BigInt(random() % 10_000),
      gas_limit: BigInt(random() % 500_000),
      block_number: block(random),
      calldata_length: random() % 1000,
      tx_type: 2,
      status: TX_STATUS.included,
      flags: TX_FLAG.to | TX_FLAG.max_fee | TX_FLAG.block_number,
      method_selector: hex(random, 4),
      inner_selectors: hex(random, 16),
      hash: hex(random, 32),
      sender: hex(random, 20),
      to: hex(random, 20),
    },
  ];
}

function trade(random: Random): TlvInit[] {
  return [
    {
      name: "Trade",
      asset_id: wide(random, 2),
      price: BigInt(random()) * 100n,
      volume: BigInt(random()),
      execution_timestamp_ns: time(random),
      venue_id: VENUE.NASDAQ,
      asset_type: 1,
      reserved: 0,
      side: random() & 1,
    },
    {
      name: "TradeMeta",
      tape: 3,
      condition_count: 2,
      conditions: hex(random, 16),
      producer_id: hex(random, 16),
      trade_id: String(random()),
    },
  ];
}
