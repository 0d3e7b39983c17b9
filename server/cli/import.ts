/** `mempulse import FILE...`: what a chain left behind, as a recording. */
import { systemClock } from "../clock.ts";
import { RecordingWriter } from "../recording-writer.ts";
import { ChainPools } from "../sources/evm/chain-pools.ts";
import { EvmFaults } from "../sources/evm/faults.ts";
import { FilePools } from "../sources/evm/file-pools.ts";
import { type ImportOptions, type ImportResult, importFiles } from "../sources/evm/import/import.ts";
import { parseExactJson } from "../sources/evm/import/json.ts";
import { readTextFile } from "../sources/evm/import/row-file.ts";
import type { PoolBook } from "../sources/evm/pools.ts";
import { FACTORIES, STABLE_TOKENS } from "../sources/evm/registry.ts";
import { RowError } from "../sources/evm/rows.ts";
import { askChainId } from "../sources/evm/rpc/chain-id.ts";
import { openRpc } from "../sources/evm/rpc/open.ts";
import { type Rpc, RpcError } from "../sources/evm/rpc/rpc.ts";
import { CliError, usageError } from "./errors.ts";
import { readArgs } from "./options.ts";

const USAGE = `usage: mempulse import FILE... --chain N (--pools POOLS.json | --rpc URL) --out NAME.tlv [OPTIONS]

Turns logs, blocks, transactions and receipts of an EVM chain into a recording, NAME.tlv, with its manifest NAME.json.
FILE may be a JSON-RPC answer (eth_getLogs, eth_getBlockByNumber with transactions, receipts), a bare array of such, JSON
lines as ethereum-etl writes them, or a CSV of logs (block_number, transaction_hash, transaction_index, log_index,
topics, data, and address, block_timestamp, block_hash where it has them).

  --chain N            chain id
  --pools FILE         the pools, a JSON array: [{"chainId", "pool", "kind": "v2" | "v3" | "algebra", "token0", "token1",
                       "factory", "fee", "decimals0", "decimals1", "symbol0", "symbol1"}]
  --rpc URL            a node of the chain (ws, wss, http, https) to ask what is a pool, and when a block was
  --pool ADDRESS       the pool of logs that name none; of those that do, only this pool's are taken
  --timestamps FILE    when each block was: JSON lines or CSV with block_number (or number) and timestamp
  --out NAME.tlv       the recording
  --help               say this

Ticks of the clock are written for each second between events up to a minute apart; a longer pause is jumped over.
Where a block's hash is in no file, its number stands in for it.
`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArgs({
    args,
    allowPositionals: true,
    options: {
      chain: { type: "string" },
      pools: { type: "string" },
      rpc: { type: "string" },
      pool: { type: "string" },
      timestamps: { type: "string" },
      out: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (positionals.length === 0) throw usageError("expected a FILE; --help says more");
  const chain_id = readChain(values.chain);
  const pool = values.pool === undefined ? null : readAddress(values.pool);
  if (values.out === undefined) throw usageError("--out: is needed; --help says more");
  if (!values.out.endsWith(".tlv"))
    throw usageError(`--out: ${JSON.stringify(values.out)} does not end in .tlv`);
  if (values.pools === undefined && values.rpc === undefined) {
    throw usageError("--pools or --rpc: one of them is needed to tell what is a pool");
  }
  const filePools = values.pools === undefined ? null : await readPools(values.pools, chain_id, pool);
  const faults = new EvmFaults();
  let rpc: Rpc | null = null;
  try {
    rpc = values.rpc === undefined ? null : await openChain(values.rpc, chain_id);
    const writer = new RecordingWriter(values.out);
    const result = await importInto(writer, {
      files: positionals,
      chain_id,
      pools: filePools ?? chainPools(rpc as Rpc, chain_id, faults),
      pool,
      timestamps: values.timestamps ?? null,
      rpc,
      faults,
    });
    const blocks = `blocks ${result.first_block} to ${result.last_block} of chain ${chain_id}`;
    const { messages } = writer.close({
      title: `Import of ${positionals.map((file) => file.replace(/^.*[\\/]/, "")).join(", ")}`,
      shows: `What happened in ${blocks}.`,
      chain_id,
    });
    const counts = Object.entries(messages).map(([name, count]) => `${count} ${name}`);
    process.stderr.write(`${values.out}: ${counts.join(", ")}; ${blocks}, ${result.logs} logs read\n`);
    if (result.pending_left_out > 0) {
      process.stderr.write(`${result.pending_left_out} transactions without a block left out\n`);
    }
    if (result.rows_left_out > 0) process.stderr.write(`${result.rows_left_out} other rows left out\n`);
    for (const line of faults.lines()) process.stderr.write(`faults: ${line}\n`);
    return 0;
  } catch (error) {
    if (error instanceof RpcError) throw new CliError(error.message);
    throw error;
  } finally {
    rpc?.close();
  }
}

/** A failed import leaves no half of a recording behind. */
async function importInto(
  writer: RecordingWriter,
  options: Omit<ImportOptions, "writer">,
): Promise<ImportResult> {
  try {
    return await importFiles({ ...options, writer });
  } catch (error) {
    writer.discard();
    throw error;
  }
}

function readChain(text: string | undefined): number {
  if (text === undefined) throw usageError("--chain: is needed; --help says more");
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw usageError(`--chain: ${JSON.stringify(text)} is not a chain id`);
}

function readAddress(text: string): string {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text.toLowerCase();
  throw usageError(`--pool: ${JSON.stringify(text)} is not an address`);
}

async function readPools(path: string, chain_id: number, pool: string | null): Promise<FilePools> {
  const text = await readTextFile(path);
  try {
    const pools = new FilePools(parseExactJson(text), chain_id);
    if (pools.count === 0) throw new CliError(`${path}: has no pool of chain ${chain_id}`);
    if (pool !== null && !pools.has(pool))
      throw new CliError(`${path}: has no pool ${pool} on chain ${chain_id}`);
    return pools;
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new CliError(`${path}: not JSON: ${error.message.split("\n", 1)[0]}`);
    if (error instanceof RowError) throw new CliError(`${path}: ${error.message}`);
    throw error;
  }
}

async function openChain(url: string, chain_id: number): Promise<Rpc> {
  const rpc = await openRpc(url, systemClock);
  try {
    const actual = await askChainId(rpc);
    if (actual !== chain_id) throw new CliError(`--rpc: the node is of chain ${actual}, not ${chain_id}`);
    return rpc;
  } catch (error) {
    rpc.close();
    throw error;
  }
}

function chainPools(rpc: Rpc, chain_id: number, faults: EvmFaults): PoolBook {
  return new ChainPools({
    rpc,
    clock: systemClock,
    faults,
    factories: FACTORIES.filter((factory) => factory.chain_id === chain_id),
    stable_tokens: STABLE_TOKENS.get(chain_id) ?? new Set(),
  });
}
