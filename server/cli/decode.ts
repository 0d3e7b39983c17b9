/** `mempulse decode FILE`: TLV messages to NDJSON on stdout, faults as JSON on stderr. */
import { RecordingError, unpackChunks } from "../../protocol/recording/unpack.ts";
import { messageToJson } from "../../protocol/tlv/json.ts";
import { StreamDecoder } from "../../protocol/tlv/stream-decoder.ts";
import { CliError } from "./errors.ts";
import { fileArgument, Output, readChunks } from "./io.ts";

const HELP = `usage: mempulse decode FILE

Reads Protocol V2 TLV messages (.tlv, .tlv.gz, - for standard input) and writes one JSON object a message on standard
output, one a fault on standard error: {"error": CODE, "offset": BYTES, "detail": TEXT}. docs/tlv.md describes both.
Exit code: 0 when no fault was met, 1 otherwise.
`;

export async function run(args: string[]): Promise<number> {
  const file = fileArgument(args, HELP);
  if (file === null) return 0;
  const messages = new Output(process.stdout);
  const faults = new Output(process.stderr);
  let faultCount = 0;
  const decoder = new StreamDecoder({
    onMessage: (view) => messages.add(`${messageToJson(view)}\n`),
    onFault: (fault) => {
      faultCount++;
      faults.add(`${JSON.stringify(fault)}\n`);
    },
  });
  const flush = async () => {
    await messages.flush();
    await faults.flush();
  };
  try {
    for await (const chunk of unpackChunks(readChunks(file))) {
      decoder.push(chunk);
      await flush();
      if (messages.closed) break;
    }
  } catch (error) {
    if (error instanceof RecordingError) throw new CliError(`${file}: ${error.message}`);
    throw error;
  }
  if (!messages.closed) decoder.end();
  await flush();
  return faultCount === 0 ? 0 : 1;
}
