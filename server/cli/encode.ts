/** `mempulse encode FILE`: the NDJSON of `mempulse decode` back to TLV messages on stdout. */
import { messageFromJson } from "../../protocol/tlv/json.ts";
import { fileArgument, Output, readChunks } from "./io.ts";
import { type Line, readLines } from "./lines.ts";

const HELP = `usage: mempulse encode FILE > OUT.tlv

Reads the NDJSON that mempulse decode writes (- for standard input) and writes the same messages' bytes on standard output.
A line that is no message is skipped and told on standard error with its number and field.
Exit code: 0 when every line was written, 1 otherwise.
`;

/** The largest message, 1 MiB, takes two hex digits a byte in `raw` and as much again for its fields. */
const LINE_MAX_BYTES = 8 * 1024 * 1024;
const FLUSH_BYTES = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true });

export async function run(args: string[]): Promise<number> {
  const file = fileArgument(args, HELP);
  if (file === null) return 0;
  const messages = new Output(process.stdout);
  const complaints = new Output(process.stderr);
  let badLines = 0;
  let pendingBytes = 0;
  for await (const line of readLines(readChunks(file), LINE_MAX_BYTES)) {
    try {
      const message = messageOf(line);
      if (message !== null) messages.add(message);
      pendingBytes += message?.length ?? 0;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      badLines++;
      complaints.add(`mempulse encode: ${file}: line ${line.number}: ${error.message}\n`);
      await complaints.flush();
    }
    if (pendingBytes < FLUSH_BYTES) continue;
    pendingBytes = 0;
    await messages.flush();
    if (messages.closed) break;
  }
  await messages.flush();
  return badLines === 0 ? 0 : 1;
}

/** Null for an empty line. Throws RangeError that says what is wrong with the line. */
function messageOf({ bytes }: Line): Uint8Array | null {
  if (bytes === null) throw new RangeError(`longer than ${LINE_MAX_BYTES} bytes`);
  let text: string;
  try {
    text = utf8.decode(bytes).trim();
  } catch {
    throw new RangeError("not UTF-8");
  }
  return text === "" ? null : messageFromJson(text);
}
