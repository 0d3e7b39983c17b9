/**
 * What is known beforehand of one chain: which tokens are dollars, which one is the wrapped coin, who the routers are.
 * The model's registry is a list of these, and a recording's manifest may bring those of its own chains. Nothing of it
 * is ever taken from what a token says of itself. Addresses are 0x lower-case hex.
 */
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";

/** What may be told beforehand. */
export const SECTION_LIMITS = {
  /** Chains. */
  sections_count: 64,
  /** Stable coins of a chain. */
  stables_count: 64,
  /** Verified tokens of a chain. */
  tokens_count: 4_096,
  /** Protocols of a chain, by address. */
  protocols_count: 128,
} as const;

const ADDRESS = "^0x[0-9a-f]{40}$";
const Address = Type.String({ pattern: ADDRESS });
const text = (characters: string) => Type.String({ pattern: `^${characters}{1,32}$` });
/** A name by address. */
const byAddress = <T extends Type.TSchema>(value: T, most: number) =>
  Type.Record(Type.String({ pattern: ADDRESS }), value, { additionalProperties: false, maxProperties: most });

export const ChainSection = Type.Object(
  {
    /** EIP-155. */
    chain_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    /** For people: `Ethereum`. */
    name: text("[ -~]"),
    /** Of the coin that gas is paid in. */
    native_symbol: text("[A-Za-z0-9.]"),
    /** Usual time from one block to the next. */
    block_ms: Type.Integer({ minimum: 1, maximum: 3_600_000 }),
    /** The native coin as a token: values gas, and quotes a pair that has no stable. */
    wrapped_native: Address,
    /** Tokens worth one US dollar by their issuers' word. Nothing else is taken for a dollar. */
    stables: Type.Array(Address, { maxItems: SECTION_LIMITS.stables_count, uniqueItems: true }),
    /** Verified tokens by address, with the symbols that they are known by: letters, digits and dots. */
    tokens: byAddress(text("[A-Za-z0-9.]"), SECTION_LIMITS.tokens_count),
    /** DEXes and aggregators of DEXes by the address that a transaction calls. */
    protocols: byAddress(text("[a-z0-9.-]"), SECTION_LIMITS.protocols_count),
  },
  { additionalProperties: false },
);
export type ChainSection = Static<typeof ChainSection>;

export const ChainSections = Type.Array(ChainSection, { maxItems: SECTION_LIMITS.sections_count });

const validator = Compile(ChainSections);

/** Throws RangeError that names the field where it is no list of sections, `chains.0.stables.1: ...`, or has a chain twice. */
export function checkChainSections(chains: unknown): asserts chains is ChainSection[] {
  if (!validator.Check(chains)) {
    const [first] = validator.Errors(chains);
    const field = first?.instancePath.replaceAll("/", ".") ?? "";
    throw new RangeError(`chains${field}: ${first?.message ?? "not a list of chains"}`);
  }
  const seen = new Set<number>();
  for (const [index, { chain_id }] of chains.entries()) {
    if (seen.has(chain_id)) throw new RangeError(`chains.${index}.chain_id: ${chain_id} was there already`);
    seen.add(chain_id);
  }
}
