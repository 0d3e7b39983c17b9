/** A recording from disk, with its manifest's checksum compared. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ChainSection } from "../../protocol/chain-section.ts";
import { parseManifest, type RecordingManifest } from "../../protocol/recording/manifest.ts";
import { Recording } from "../../protocol/recording/reader.ts";
import { RecordingError, unpackRecording } from "../../protocol/recording/unpack.ts";
import { CliError } from "../cli/errors.ts";
import { SERVER_LIMITS } from "../limits.ts";

/** A recording, and what its manifest says of its chains. */
export interface RecordingFile {
  readonly recording: Recording;
  readonly chains: readonly ChainSection[];
}

/**
 * Reads `.tlv` or `.tlv.gz`. Damage, a manifest that is none and a checksum that is not its one are one line to `log`;
 * what cannot be read, or holds no message, is a CliError.
 */
export async function readRecordingFile(path: string, log: (line: string) => void): Promise<RecordingFile> {
  const bytes = await unpack(path, await readBytes(path));
  const recording = new Recording(bytes);
  const [first] = recording.faults;
  const damage = first === undefined ? "" : `first damage: ${first.error} at offset ${first.offset}`;
  if (recording.count === 0) throw new CliError(`${path}: holds no message${damage && `; ${damage}`}`);
  if (damage !== "") {
    log(
      `${path}: ${recording.faultCount} damaged messages skipped, ${recording.count} whole ones kept; ${damage}`,
    );
  }
  const manifest = await readManifest(path, log);
  if (manifest !== null) compareChecksum(path, bytes, manifest, log);
  return { recording, chains: manifest?.chains ?? [] };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError(`${path}: ${code === "ENOENT" ? "no such file" : message}`);
  }
}

async function unpack(path: string, file: Uint8Array): Promise<Uint8Array> {
  try {
    return await unpackRecording(file, SERVER_LIMITS.max_recording_bytes);
  } catch (error) {
    if (error instanceof RecordingError) throw new CliError(`${path}: ${error.message}`);
    throw error;
  }
}

/** The manifest is `NAME.json` beside `NAME.tlv` or `NAME.tlv.gz`; null where there is none. */
async function readManifest(path: string, log: (line: string) => void): Promise<RecordingManifest | null> {
  const manifestPath = path.replace(/\.tlv(\.gz)?$/, ".json");
  if (manifestPath === path) return null;
  let text: string;
  try {
    text = await readFile(manifestPath, "utf8");
  } catch {
    return null;
  }
  try {
    return parseManifest(text);
  } catch (error) {
    log(`${manifestPath}: ${(error as Error).message}`);
    return null;
  }
}

function compareChecksum(
  path: string,
  bytes: Uint8Array,
  { sha256 }: RecordingManifest,
  log: (line: string) => void,
): void {
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== sha256) log(`${path}: sha256 is ${actual}, its manifest says ${sha256}`);
}
