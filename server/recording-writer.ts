/**
 * Writes a recording: `NAME.tlv` as messages come, its manifest `NAME.json` at the end. What a crash leaves behind is a
 * recording too, only without the manifest and the last few kilobytes.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import type { RecordingManifest } from "../protocol/recording/manifest.ts";
import { RecordingSummary } from "../protocol/recording/summary.ts";
import { MessageView } from "../protocol/tlv/view.ts";
import { CliError } from "./cli/errors.ts";

/** Held back to be written together. */
const BUFFER_BYTES = 65_536;

export class RecordingWriter {
  readonly path: string;
  readonly summary = new RecordingSummary();
  /** Bytes taken. */
  bytes = 0;
  readonly #file: number;
  readonly #hash = createHash("sha256");
  readonly #view = new MessageView();
  #parts: Uint8Array[] = [];
  #held = 0;

  /** Begins `path`, which must end in `.tlv`, anew. Throws CliError that names it. */
  constructor(path: string) {
    if (!path.endsWith(".tlv")) throw new CliError(`${path}: a recording's name ends in .tlv`);
    this.path = path;
    this.#file = this.#try(() => openSync(path, "w"));
  }

  get manifestPath(): string {
    return this.path.replace(/\.tlv$/, ".json");
  }

  /** Takes one whole message; its bytes may be reused after the call. */
  write(message: Uint8Array): void {
    this.summary.add(this.#view.attach(message).seek(0, message.length));
    this.#parts.push(message.slice());
    this.#held += message.length;
    this.bytes += message.length;
    if (this.#held >= BUFFER_BYTES) this.flush();
  }

  /** Ends the recording and writes its manifest. */
  close(about: Pick<RecordingManifest, "title" | "shows" | "chain_id" | "chains">): RecordingManifest {
    this.flush();
    this.#try(() => closeSync(this.#file));
    const manifest: RecordingManifest = {
      ...about,
      ...(this.summary.times ?? { from_unix_ms: 0, to_unix_ms: 0 }),
      messages: { ...this.summary.messages },
      sha256: this.#hash.digest("hex"),
    };
    this.#try(() => writeFileSync(this.manifestPath, `${JSON.stringify(manifest, null, 2)}\n`));
    return manifest;
  }

  /** Ends without a recording: the file is removed. */
  discard(): void {
    this.#try(() => {
      closeSync(this.#file);
      rmSync(this.path);
    });
  }

  /** Writes what is held back. */
  flush(): void {
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#held = 0;
    this.#hash.update(bytes);
    this.#try(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    });
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new CliError(`${this.path}: ${code === "ENOENT" ? "no such folder" : message}`);
    }
  }
}
