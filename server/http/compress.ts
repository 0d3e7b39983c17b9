/** Compression of large bodies, off the main thread. */
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { SERVER_LIMITS } from "../limits.ts";

const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

export interface Body {
  readonly stream: Readable;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the chunks. */
  readonly bytes: number;
}

/**
 * The chunks as a body, gzipped where the client accepts it and it pays: not for small bodies, and not to this machine
 * itself, where sending 7 MB takes a few ms and compressing them ten times that.
 */
export function toBody(chunks: readonly Buffer[], acceptEncoding: string | undefined, peer: string): Body {
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  const stream = Readable.from(chunks, { objectMode: false });
  if (bytes < SERVER_LIMITS.gzip_min_bytes || LOOPBACK.has(peer) || !acceptsGzip(acceptEncoding)) {
    return { stream, headers: { "content-length": String(bytes) }, bytes };
  }
  return { stream: stream.pipe(createGzip({ level: 1 })), headers: { "content-encoding": "gzip" }, bytes };
}

/** `gzip` or `*` with a weight that is not 0. */
export function acceptsGzip(header: string | undefined): boolean {
  for (const part of (header ?? "").split(",")) {
    const [coding, ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    if ((coding === "gzip" || coding === "*") && Number(weight ?? 1) > 0) return true;
  }
  return false;
}
