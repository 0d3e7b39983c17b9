/** What is known beforehand of one chain: the registry is a list of these. Addresses are 0x lower-case hex. */
export interface ChainSection {
  /** EIP-155. */
  readonly chain_id: number;
  /** For people: `Ethereum`. */
  readonly name: string;
  /** Of the coin that gas is paid in. */
  readonly native_symbol: string;
  /** Usual time from one block to the next. */
  readonly block_ms: number;
  /** The native coin as a token: values gas, and quotes a pair that has no stable. */
  readonly wrapped_native: string;
  /** Tokens worth one US dollar by their issuers' word. Nothing else is taken for a dollar. */
  readonly stables: readonly string[];
  /** Verified tokens by address, with the symbols that they are known by: letters, digits and dots. */
  readonly tokens: Readonly<Record<string, string>>;
  /** DEXes and aggregators of DEXes by the address that a transaction calls. */
  readonly protocols: Readonly<Record<string, string>>;
}
