/** Large JSON bodies, from pieces to chunks, without joining them. */

/** Pieces one after the other: text, and what is UTF-8 already. */
export type Text = readonly (string | Uint8Array)[];

const CHUNK_BYTES = 131_072;

/** UTF-8 in chunks, so that a socket or a compressor takes no more than one at a time. Bytes are not copied. */
export function encodeText(text: Text): Buffer[] {
  const chunks: Buffer[] = [];
  let pending = "";
  for (const piece of text) {
    if (typeof piece === "string") {
      pending += piece;
      continue;
    }
    if (pending !== "") chunks.push(Buffer.from(pending));
    pending = "";
    for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, piece.length - at);
      chunks.push(Buffer.from(piece.buffer, piece.byteOffset + at, length));
    }
  }
  if (pending !== "") chunks.push(Buffer.from(pending));
  return chunks;
}
