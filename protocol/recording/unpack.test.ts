import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { RecordingError, unpackChunks, unpackRecording } from "./unpack.ts";

const plain = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
const packed = new Uint8Array(gzipSync(plain));

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return new Uint8Array(Buffer.concat(all));
}

describe("unpackChunks", () => {
  it.each([1, 7, 4096, 1_000_000])("unpacks gzip in chunks of %i bytes", async (size) => {
    const bytes = size === 1 ? packed.subarray(0, 200) : packed;
    if (size === 1)
      await expect(collect(unpackChunks(inChunks(bytes, size)))).rejects.toThrow(RecordingError);
    else
      expect(
        plain.length === 300_000 &&
          Buffer.from(plain).equals(await collect(unpackChunks(inChunks(bytes, size)))),
      ).toBe(true);
  });

  it("passes on what is no gzip, also when it is shorter than gzip's magic", async () => {
    for (const length of [0, 1, 2, 3, 5000]) {
      expect(await collect(unpackChunks(inChunks(plain.subarray(0, length), 1)))).toEqual(
        plain.subarray(0, length),
      );
    }
  });

  it("refuses gzip that was cut or damaged", async () => {
    await expect(unpackRecording(packed.subarray(0, packed.length - 9))).rejects.toThrow(/bad gzip: ./);
    const damaged = packed.slice();
    damaged.fill(0xff, 100, 200);
    await expect(unpackRecording(damaged)).rejects.toThrow(RecordingError);
  });

  it("stops at the cap, before a small file has filled memory", async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(unpackRecording(bomb, 1_000_000)).rejects.toThrow("unpacks to more than 1000000 bytes");
    expect((await unpackRecording(packed, plain.length)).length).toBe(plain.length);
  });

  it("passes on an error of its source as it is", async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array, void> {
      yield packed.subarray(0, 1000);
      throw new Error("disk gone");
    };
    await expect(collect(unpackChunks(failing()))).rejects.toThrow("disk gone");
  });

  it("lets go of its source when the reader stops early", async () => {
    let released = false;
    const source = async function* (): AsyncGenerator<Uint8Array, void> {
      try {
        yield* inChunks(packed, 1000);
      } finally {
        released = true;
      }
    };
    for await (const chunk of unpackChunks(source())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(released).toBe(true);
  });
});
