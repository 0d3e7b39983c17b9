/**
 * Recordings as they lie on disk: `.tlv`, or `.tlv.gz`, told apart by their first bytes. Unpacked as a stream by
 * DecompressionStream, which Node and browsers share; what it may unpack to is capped, so that no small file fills memory.
 */
import { platform } from "../platform.ts";

/** Default cap on the unpacked size. */
export const UNPACKED_MAX_BYTES = 1024 ** 3;

/** A recording that cannot be read as such; the message says why, without the file's name. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/** The recording's bytes in chunks, unpacked if they are gzip. Throws RecordingError on bad gzip and over the cap. */
export async function* unpackChunks(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number = UNPACKED_MAX_BYTES,
): AsyncGenerator<Uint8Array, void> {
  const source = chunks[Symbol.asyncIterator]();
  const opening = await readOpening(source);
  const rest = prepend(opening, source);
  if (!isGzip(opening)) {
    yield* rest;
    return;
  }
  let unpackedBytes = 0;
  for await (const chunk of gunzip(rest)) {
    unpackedBytes += chunk.length;
    if (unpackedBytes > maxBytes) throw new RecordingError(`unpacks to more than ${maxBytes} bytes`);
    yield chunk;
  }
}

/** The same for a whole file in memory. */
export async function unpackRecording(
  file: Uint8Array,
  maxBytes: number = UNPACKED_MAX_BYTES,
): Promise<Uint8Array> {
  if (!isGzip(file)) return file;
  const chunks: Uint8Array[] = [];
  for await (const chunk of unpackChunks(once(file), maxBytes)) chunks.push(chunk);
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The source's first chunks joined until they can tell gzip; shorter only where the source is. */
async function readOpening(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let opening: Uint8Array = new Uint8Array(0);
  while (opening.length < 2) {
    const next = await source.next();
    if (next.done === true) break;
    const joined = new Uint8Array(opening.length + next.value.length);
    joined.set(opening);
    joined.set(next.value, opening.length);
    opening = joined;
  }
  return opening;
}

async function* prepend(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

/** Browsers inflate a chunk whole before they look at their reader; deflate packs 1032:1 at most, so this is 17 MB. */
const FEED_BYTES = 16 * 1024;

async function* gunzip(chunks: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  const stream = new platform.DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  let sourceError: Error | undefined;
  const feed = async () => {
    try {
      for await (const chunk of chunks) {
        for (let at = 0; at < chunk.length; at += FEED_BYTES) {
          if (!(await accepts(writer.write(chunk.subarray(at, at + FEED_BYTES))))) return;
        }
      }
    } catch (error) {
      sourceError = asError(error);
      await accepts(writer.abort(error));
      return;
    }
    await accepts(writer.close());
  };
  const feeding = feed();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (error) {
    throw sourceError ?? new RecordingError(`bad gzip: ${asError(error).message}`);
  } finally {
    await accepts(reader.cancel());
    await feeding;
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Waits for one end of the stream; its error, if any, is met by the reader. */
async function accepts(done: Promise<unknown>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch {
    return false;
  }
}
