/** For tests: files through the whole import, to the messages that its recording holds. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "../../../../protocol/tlv/decode.ts";
import { RecordingWriter } from "../../../recording-writer.ts";
import { EvmFaults } from "../faults.ts";
import { type ImportOptions, type ImportResult, importFiles } from "../import/import.ts";
import { decodeAll } from "./messages.ts";

export interface Imported {
  readonly messages: Message[];
  /** The recording. */
  readonly bytes: Uint8Array;
  readonly result: ImportResult;
  readonly faults: EvmFaults;
}

type Given = Pick<ImportOptions, "files" | "chain_id" | "pools"> & Partial<ImportOptions>;

export async function imported(given: Given): Promise<Imported> {
  const folder = mkdtempSync(join(tmpdir(), "mempulse-import-"));
  try {
    const faults = new EvmFaults();
    const writer = new RecordingWriter(join(folder, "out.tlv"));
    const result = await importFiles({ pool: null, timestamps: null, rpc: null, faults, writer, ...given });
    writer.close({ title: "t", shows: "", chain_id: given.chain_id });
    const bytes = readFileSync(writer.path);
    return { messages: decodeAll(bytes), bytes, result, faults };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
