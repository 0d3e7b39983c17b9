/** `mempulse record --source rpc:URL`: a live node into a recording. */
import { recordChain } from "../sources/evm/record-chain.ts";
import { RpcError } from "../sources/evm/rpc/rpc.ts";
import { CliError, usageError } from "./errors.ts";
import { readArgs, stopSignal } from "./options.ts";

const USAGE = `usage: mempulse record --source rpc:WS_URL --out NAME.tlv [--seconds N]

Records what a live EVM node tells: pending and included transactions, pool events, blocks; until SIGINT or SIGTERM.

  --source rpc:WS_URL  the node's WebSocket, ws:// or wss://
  --out NAME.tlv       the recording; NAME.json beside it says what it holds
  --seconds N          stop after so many seconds
  --help               say this
`;

const MAX_SECONDS = 1_000_000;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs({
    args,
    options: {
      source: { type: "string" },
      out: { type: "string" },
      seconds: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const url = readSource(values.source);
  if (values.out === undefined) throw usageError("--out: is needed; --help says more");
  if (!values.out.endsWith(".tlv"))
    throw usageError(`--out: ${JSON.stringify(values.out)} does not end in .tlv`);
  const stop = new AbortController();
  const seconds = readSeconds(values.seconds);
  const timer = seconds === null ? undefined : setTimeout(() => stop.abort(), seconds * 1_000);
  void stopSignal(stop.signal).then(() => stop.abort());
  try {
    const { manifest, faults } = await recordChain({
      endpoints: [url],
      out: values.out,
      signal: stop.signal,
      log: (line) => process.stderr.write(`${line}\n`),
      onRecording: () =>
        process.stderr.write(`recording; ${seconds === null ? "" : "at the latest, "}SIGINT ends it\n`),
    });
    const counts = Object.entries(manifest.messages).map(([name, count]) => `${count} ${name}`);
    process.stderr.write(`${values.out}: ${counts.join(", ")}\n`);
    for (const line of faults) process.stderr.write(`faults: ${line}\n`);
    return 0;
  } catch (error) {
    if (error instanceof RpcError) throw new CliError(error.message);
    throw error;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function readSource(text: string | undefined): string {
  if (text?.startsWith("rpc:") === true) return text.slice("rpc:".length);
  if (text === undefined) throw usageError("--source: is needed; --help says more");
  // Not shown: it may be a bare URL, with a key.
  throw usageError("--source: is not rpc:WS_URL");
}

function readSeconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw usageError(`--seconds: ${JSON.stringify(text)} is not a number over 0 and up to ${MAX_SECONDS}`);
}
