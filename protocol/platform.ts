/**
 * The globals that Node and browsers share and that this room uses, typed with what is used of them: the room is checked
 * without the types of either. `process` is Node's alone and absent in a page.
 */
interface Platform {
  TextEncoder: new () => { encode(text: string): Uint8Array };
  TextDecoder: new (label: "utf-8", options: { ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };
  DecompressionStream: new (
    format: "gzip",
  ) => {
    writable: { getWriter(): ByteWriter };
    readable: { getReader(): ByteReader };
  };
  process?: { getBuiltinModule?(name: "node:zlib"): { crc32?(bytes: Uint8Array, previous: number): number } };
}

interface ByteWriter {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(reason: unknown): Promise<void>;
}

interface ByteReader {
  read(): Promise<{ done: false; value: Uint8Array } | { done: true; value?: undefined }>;
  cancel(): Promise<void>;
}

export const platform = globalThis as unknown as Platform;
