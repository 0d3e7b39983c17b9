/** The sources that a configuration names. */
import { EvmSource } from "../sources/evm/source.ts";
import { FirehoseSource } from "../sources/firehose/source.ts";
import { RelaySource } from "../sources/relay/source.ts";
import type { Source } from "../sources/source.ts";
import type { Config } from "./config.ts";

/** Throws CliError where one cannot be. */
export function sourcesOf(config: Config, log: (line: string) => void): Source[] {
  return [
    ...config.chains.map((chain) => new EvmSource({ ...chain, log })),
    ...config.relays.map((address) => new RelaySource({ address, log })),
    ...(config.firehose === null ? [] : [new FirehoseSource({ ...config.firehose, log })]),
  ];
}
