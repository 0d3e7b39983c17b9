/** Random messages from few ids, so that they meet: for properties of the whole fold. */
import fc from "fast-check";
import { SOURCE } from "../../protocol/tlv/registry.ts";
import {
  address,
  arbitrageSignal,
  chainHead,
  collectorStatus,
  hash,
  mint,
  poolInfo,
  poolState,
  START_MS,
  swap,
  sync,
  TOKEN0,
  TOKEN1,
  tick,
  tokenInfo,
  trade,
  transaction,
} from "./messages.ts";

/** Symbols of the trades. */
export const TRADED = ["A", "B", "C"] as const;

const small = fc.nat(5);
const u128 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
const pool = small.map((n) => address(0x90 + n));
const chain = fc.constantFrom(1n, 137n);
const place = fc.record({
  chain_id: chain,
  log_index: small,
  block_hash: fc.constantFrom(hash(1), hash(2)),
  tx_hash: small.map(hash),
  reorged: fc.constantFrom(0, 0, 0, 1),
});
const header = fc.record({ ms: fc.integer({ min: START_MS - 10_000, max: START_MS + 100_000 }) });
const token = fc.constantFrom(TOKEN0, TOKEN1, address(0x12));
const status = fc.constantFrom(
  "pending" as const,
  "pending" as const,
  "included" as const,
  "reverted" as const,
  "replaced" as const,
  "dropped" as const,
);

const pendingOrNot = fc.record({
  n: fc.nat(9),
  fields: fc.record({
    nonce: fc.bigInt({ min: 0n, max: 3n }),
    max_fee_per_gas: fc.bigInt({ min: 1n, max: 4n }),
    chain_id: chain,
    status,
  }),
  block: fc.bigInt({ min: 1n, max: 3n }),
});

/** Messages that are told apart by what they hold, so that a second delivery must change nothing. */
const identified: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc
    .tuple(u128, u128, pool, place, header)
    .map(([amount_in, amount_out, pool_address, at, when]) =>
      swap({ amount_in, amount_out, pool_address }, at, when),
    ),
  fc
    .tuple(u128, u128, pool, place, header)
    .map(([liquidity_after, sqrt, pool_address, at, when]) =>
      swap({ liquidity_after, sqrt_price_x96_after: sqrt, pool_address }, at, when),
    ),
  fc
    .tuple(u128, u128, pool, place)
    .map(([reserve0, reserve1, pool_address, at]) => sync({ reserve0, reserve1, pool_address }, at)),
  fc
    .tuple(u128, fc.constantFrom("PoolMint" as const, "PoolBurn" as const), pool, place)
    .map(([liquidity_delta, name, pool_address, at]) => mint({ name, liquidity_delta, pool_address }, at)),
  pendingOrNot.map(({ n, fields, block }) =>
    transaction(
      n,
      fields.status === "included" || fields.status === "reverted"
        ? { ...fields, block_number: block }
        : fields,
    ),
  ),
  fc.tuple(small, chain).map(([n, chain_id]) => chainHead(n, { chain_id })),
  fc
    .tuple(fc.nat(9), fc.constantFrom(...TRADED), fc.bigInt({ min: 1n, max: 9n }), fc.nat(4_000))
    .map(([n, symbol, price, ms]) => trade(n, { symbol, price, ms: START_MS + ms })),
  fc
    .tuple(token, fc.constantFrom("AAA", "BBB", "USD₮0", "\u202e"), chain)
    .map(([address_, symbol, chain_id]) => tokenInfo({ address: address_, symbol, chain_id })),
  fc.tuple(pool, chain).map(([pool_, chain_id]) => poolInfo({ pool: pool_, chain_id })),
);

const others: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.tuple(pool, header).map(([pool_address, when]) => swap({ pool_address }, null, when)),
  pool.map((pool_address) => poolState({ pool_address })),
  fc
    .tuple(fc.nat(9), fc.constantFrom("pending" as const, "included" as const))
    .map(([n, told]) => transaction(n, { status: told }, { reorged: 1 })),
  fc.constantFrom("connected" as const, "stopped" as const).map((state) => collectorStatus(state)),
  fc
    .tuple(
      pool,
      pool,
      fc.integer({ min: 0, max: 900 }),
      fc.constantFrom(SOURCE.arbitrage_strategy, 21),
      fc.nat(1),
    )
    .map(([source_pool, target_pool, s, source, strategy_id]) =>
      arbitrageSignal(
        { source_pool, target_pool, strategy_id, valid_until: START_MS / 1000 + s },
        { source },
      ),
    ),
  fc.integer({ min: 0, max: 900_000 }).map((ms) => tick(START_MS + ms)),
);

/** Up to `max` messages after a first Tick. */
export function messages(max: number): fc.Arbitrary<Uint8Array[]> {
  const any = fc.oneof({ weight: 3, arbitrary: identified }, { weight: 1, arbitrary: others });
  return fc.array(any, { maxLength: max, size: "max" }).map((list) => [tick(START_MS), ...list]);
}

/** Up to `max` messages of the kinds that carry their identity. */
export function identifiedMessages(max: number): fc.Arbitrary<Uint8Array[]> {
  return fc.array(identified, { maxLength: max, size: "max" }).map((list) => [tick(START_MS), ...list]);
}
