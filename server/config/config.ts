/** `mempulse.config.json`: several chains, relays and more at once, read and checked whole before anything begins. */
import { readFile, stat } from "node:fs/promises";
import { parse as parseJson } from "lossless-json";
import { Compile } from "typebox/compile";
import type { ModelOptions } from "../../model/config.ts";
import { SECTIONS } from "../../model/registry/sections.ts";
import { checkChainSections } from "../../protocol/chain-section.ts";
import { VENUE, type VenueName } from "../../protocol/tlv/registry.ts";
import { CliError } from "../cli/errors.ts";
import { type Address, parseAddress } from "../relay/address.ts";
import type { Factory } from "../sources/evm/registry.ts";
import type { EvmSourceOptions } from "../sources/evm/source.ts";
import { type FirehoseSpec, readFirehoseSpec } from "../sources/firehose/source.ts";
import { childPath, firstError } from "./check.ts";
import { CONFIG_LIMITS, type ConfigFile, ConfigSchema } from "./schema.ts";
import { type Environment, refuseLiteralKeys, SecretError, withEnvironment } from "./secrets.ts";

export interface Config {
  /** A source each. */
  readonly chains: readonly EvmSourceOptions[];
  readonly relays: readonly Address[];
  /** Null: none. */
  readonly firehose: FirehoseSpec | null;
  /** Of the signal relay; null: none. */
  readonly signals: Address | null;
  readonly model: Pick<ModelOptions, "chains" | "arbitrage" | "features" | "bars">;
}

type ChainEntry = NonNullable<ConfigFile["chains"]>[number];

const validator = Compile(ConfigSchema);

/** Throws CliError that names the file, and the key that is wrong. */
export async function readConfigFile(path: string, env: Environment = process.env): Promise<Config> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > CONFIG_LIMITS.file_bytes) {
      throw new CliError(`${path}: has ${size} bytes; ${CONFIG_LIMITS.file_bytes} are the most`);
    }
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError(`${path}: ${code === "ENOENT" ? "no such file" : message}`);
  }
  try {
    return readConfig(text, env);
  } catch (error) {
    if (error instanceof CliError) throw new CliError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Throws CliError that names the key that is wrong, and shows nothing that may be a secret. */
export function readConfig(text: string, env: Environment): Config {
  const file = parse(text);
  const wrong = firstError(validator, ConfigSchema, file);
  if (wrong !== null) throw new CliError(wrong);
  const { chains = [], relays = [], firehose, signals, arbitrage, features, bars } = file as ConfigFile;
  refuseTwice(chains);
  const sections = chains.flatMap((chain, index) => sectionOf(chain, childPath("chains", index)));
  return {
    chains: chains.map((chain, index) => chainOptions(chain, childPath("chains", index), env)),
    relays: relays.map((relay, index) => address(relay, childPath("relays", index), env)),
    firehose:
      firehose === undefined
        ? null
        : readFirehoseSpec(webSocketUrl(firehose, "firehose", env), "firehose", env),
    signals: signals === undefined ? null : address(signals, "signals", env),
    model: {
      chains: sections,
      ...(arbitrage === undefined ? {} : { arbitrage }),
      ...(features === undefined ? {} : { features }),
      ...(bars === undefined ? {} : { bars }),
    },
  };
}

function parse(text: string): unknown {
  try {
    return parseJson(text, null, Number);
  } catch (error) {
    const { message } = error as Error;
    const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    const before = text.slice(0, at).split("\n");
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    // The parser's own words quote the text, which may hold a secret.
    throw new CliError(message.startsWith("Duplicate key") ? `${place}: a key twice` : `${place}: not JSON`);
  }
}

function refuseTwice(chains: readonly ChainEntry[]): void {
  const first = new Map<number, number>();
  for (const [index, { chain_id }] of chains.entries()) {
    const before = first.get(chain_id);
    if (before !== undefined) {
      throw new CliError(`chains[${index}].chain_id: ${chain_id} is that of chains[${before}] too`);
    }
    first.set(chain_id, index);
  }
}

/** Its section of the model's registry: of a chain that has one, or in place of the built-in one. */
function sectionOf({ chain_id, name, section }: ChainEntry, path: string) {
  if (section === undefined) return [];
  const made = [{ chain_id, name: name ?? `Chain ${chain_id}`, ...section }];
  try {
    checkChainSections(made);
  } catch (error) {
    throw new CliError(`${path}.section: ${(error as Error).message}`);
  }
  return made;
}

function chainOptions(chain: ChainEntry, path: string, env: Environment): EvmSourceOptions {
  const { chain_id, section, limits, factories = [] } = chain;
  const known = SECTIONS.find((other) => other.chain_id === chain_id);
  const block_ms = section?.block_ms ?? known?.block_ms;
  const endpoints = chain.endpoints.map((endpoint, index) =>
    webSocketUrl(endpoint, childPath(`${path}.endpoints`, index), env),
  );
  return {
    endpoints: endpoints as [string, ...string[]],
    name: chain.name ?? known?.name ?? `Chain ${chain_id}`,
    chain_id,
    ...(block_ms === undefined ? {} : { block_ms }),
    factories: factories.map(
      ({ name, address: at, kind, venue, fee }): Factory => ({
        chain_id,
        name,
        address: at,
        kind,
        venue: VENUE[(venue ?? "Generic") as VenueName],
        fee: fee ?? null,
      }),
    ),
    stable_tokens: section?.stables ?? [],
    ...(limits === undefined ? {} : { limits }),
  };
}

function webSocketUrl(text: string, path: string, env: Environment): string {
  const filled = secretly(path, () => {
    refuseLiteralKeys(text);
    return withEnvironment(text, env);
  });
  const url = URL.canParse(filled) ? new URL(filled) : null;
  if (url?.protocol === "ws:" || url?.protocol === "wss:") return filled;
  // As it stands in the file: a variable's value is not shown.
  throw new CliError(`${path}: expected ws://HOST or wss://HOST, got ${JSON.stringify(text)}`);
}

function address(text: string, path: string, env: Environment): Address {
  return parseAddress(
    secretly(path, () => withEnvironment(text, env)),
    path,
  );
}

function secretly<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SecretError) throw new CliError(`${path}: ${error.message}`);
    throw error;
  }
}
