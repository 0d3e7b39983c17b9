/** Compression of large bodies, off the main thread. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { SERVER_LIMITS } from "../limits.ts";

const gzipAsync = promisify(gzip);
const LOOPBACK = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

export interface Body {
  readonly bytes: Buffer;
  readonly encoding: "gzip" | null;
}

/**
 * The text's bytes, gzipped where the client accepts it and it pays: not for small bodies, and not to this machine
 * itself, where sending 5 MB takes a few ms and compressing them takes ten times that.
 */
export async function compressed(
  text: string,
  acceptEncoding: string | undefined,
  peer: string,
): Promise<Body> {
  const bytes = Buffer.from(text);
  const worthIt = bytes.length >= SERVER_LIMITS.gzip_min_bytes && !LOOPBACK.has(peer);
  if (!worthIt || !acceptsGzip(acceptEncoding)) return { bytes, encoding: null };
  return { bytes: await gzipAsync(bytes, { level: 1 }), encoding: "gzip" };
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
