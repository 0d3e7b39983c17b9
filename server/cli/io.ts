/** Input and output of the commands that are filters: files, stdin, stdout, and pipes that the other side closes early. */
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { CliError, usageError } from "./errors.ts";

/** The one FILE that such a command takes, or null after `--help`, which is answered here. */
export function fileArgument(args: string[], help: string): string | null {
  let parsed: { values: { help?: boolean | undefined }; positionals: string[] };
  try {
    parsed = parseArgs({ args, options: { help: { type: "boolean" } }, allowPositionals: true });
  } catch (error) {
    throw usageError((error as Error).message.split(". ")[0] ?? "");
  }
  if (parsed.values.help === true) {
    process.stdout.write(help);
    return null;
  }
  const [file, ...more] = parsed.positionals;
  if (file === undefined || more.length > 0) throw usageError("expected one FILE (- for standard input)");
  return file;
}

/** A file's chunks, or standard input's for `-`. Errors are CliErrors that name the file. */
export async function* readChunks(file: string): AsyncGenerator<Uint8Array, void> {
  const stream = file === "-" ? process.stdin : createReadStream(file);
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT" ? "no such file" : code === "EISDIR" ? "is a directory" : (error as Error).message;
    throw new CliError(`${file}: ${reason}`);
  }
}

/** Collects output and writes it when flushed, waiting for the other side. */
export class Output {
  readonly #stream: NodeJS.WriteStream;
  #parts: Uint8Array[] = [];
  #error: NodeJS.ErrnoException | null = null;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    // Without a listener, a pipe closed by its reader ends the process with a stack trace.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#error = error;
    });
  }

  /** The reader went away: nothing more will arrive there. */
  get closed(): boolean {
    return this.#error !== null;
  }

  add(part: Uint8Array | string): void {
    this.#parts.push(typeof part === "string" ? Buffer.from(part) : part);
  }

  /** Resolves when the stream took everything or its reader went away. Throws CliError where it cannot be written. */
  async flush(): Promise<void> {
    const parts = this.#parts;
    this.#parts = [];
    if (parts.length > 0 && this.#error === null) {
      await new Promise<void>((resolve) => {
        this.#stream.write(Buffer.concat(parts), (error) => {
          if (error) this.#error = error;
          resolve();
        });
      });
    }
    if (this.#error !== null && this.#error.code !== "EPIPE")
      throw new CliError(`output: ${this.#error.message}`);
  }
}
