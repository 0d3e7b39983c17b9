/** What `mempulse.config.json` may hold. docs/config.md says what each key means. */
import { type Static, type TSchema, Type } from "typebox";
import { ARBITRAGE_OPTIONS } from "../../model/arbitrage/options.ts";
import { FEATURE_OPTIONS } from "../../model/features/options.ts";
import { MODEL_LIMITS } from "../../model/limits.ts";
import { ChainSection, SECTION_LIMITS } from "../../protocol/chain-section.ts";
import { VENUE } from "../../protocol/tlv/registry.ts";
import { usualLimits } from "../sources/evm/source-limits.ts";

export const CONFIG_LIMITS = {
  /** Largest file. */
  file_bytes: 1_048_576,
  /** Endpoints of a chain. */
  endpoints_count: 16,
  /** Factories of a chain. */
  factories_count: 64,
  /** Relays read. */
  relays_count: 16,
  /** Largest value of a chain's limit: a timer that is to wait longer does not wait at all. */
  timer_ms: 2_147_483_647,
} as const;

/** Nothing that the schema does not know. */
const exactly = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const enumOf = <const T extends string>(...values: readonly T[]) =>
  Type.Union(values.map((v) => Type.Literal(v)));
const optional = <T extends TSchema>(values: readonly [string, T][]) =>
  exactly(Object.fromEntries(values.map(([name, schema]) => [name, Type.Optional(schema)])));

const { chain_id, name, native_symbol, block_ms, wrapped_native, stables, tokens, protocols } =
  ChainSection.properties;

const Factory = exactly({
  name: Type.String({ pattern: "^[a-z0-9.-]{1,32}$" }),
  address: wrapped_native,
  kind: enumOf("v2", "v3", "algebra"),
  venue: Type.Optional(enumOf(...Object.keys(VENUE))),
  fee: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
});

const Chain = exactly({
  chain_id,
  name: Type.Optional(name),
  endpoints: Type.Array(Type.String(), { minItems: 1, maxItems: CONFIG_LIMITS.endpoints_count }),
  section: Type.Optional(exactly({ native_symbol, block_ms, wrapped_native, stables, tokens, protocols })),
  factories: Type.Optional(Type.Array(Factory, { maxItems: CONFIG_LIMITS.factories_count })),
  limits: Type.Optional(
    optional(
      Object.keys(usualLimits).map((limit) => [
        limit,
        Type.Integer({ minimum: 1, maximum: CONFIG_LIMITS.timer_ms }),
      ]),
    ),
  ),
});

export const ConfigSchema = exactly({
  chains: Type.Optional(Type.Array(Chain, { maxItems: SECTION_LIMITS.sections_count })),
  relays: Type.Optional(Type.Array(Type.String(), { maxItems: CONFIG_LIMITS.relays_count })),
  firehose: Type.Optional(Type.String()),
  signals: Type.Optional(Type.String()),
  arbitrage: Type.Optional(
    optional(
      Object.entries(ARBITRAGE_OPTIONS).map(([option, { low, high }]) => [
        option,
        Type.Integer({ minimum: low, maximum: high }),
      ]),
    ),
  ),
  features: Type.Optional(
    optional(
      Object.entries(FEATURE_OPTIONS).map(([option, { low, high }]) => [
        option,
        Type.Integer({ minimum: low, maximum: high }),
      ]),
    ),
  ),
  bars: Type.Optional(
    exactly({
      lateness_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: MODEL_LIMITS.max_bar_lateness_ms })),
    }),
  ),
});
export type ConfigFile = Static<typeof ConfigSchema>;
