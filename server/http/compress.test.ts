import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { SERVER_LIMITS } from "../limits.ts";
import { acceptsGzip, toBody } from "./compress.ts";

const LARGE = Array.from({ length: 8 }, (_, n) => Buffer.alloc(SERVER_LIMITS.gzip_min_bytes, `row ${n},`));
const REMOTE = "192.0.2.7";

describe("compression", () => {
  it("gzips a large body for a client elsewhere that accepts it", async () => {
    const { stream, headers } = toBody(LARGE, "br, gzip", REMOTE);
    expect(headers).toEqual({ "content-encoding": "gzip" });
    const packed = await buffer(stream);
    expect(packed.length).toBeLessThan(SERVER_LIMITS.gzip_min_bytes / 10);
    expect(gunzipSync(packed).equals(Buffer.concat(LARGE))).toBe(true);
  });

  it("leaves a small body, a client that does not accept it, and this machine itself", async () => {
    for (const { stream, headers } of [
      toBody([Buffer.from("small")], "gzip", REMOTE),
      toBody(LARGE, undefined, REMOTE),
      toBody(LARGE, "gzip", "127.0.0.1"),
    ]) {
      expect(headers).toEqual({ "content-length": String((await buffer(stream)).length) });
    }
  });

  it.each([
    ["gzip", true],
    ["*", true],
    ["br;q=1, GZIP;q=0.5", true],
    ["gzip;q=0", false],
    ["br, deflate", false],
    ["", false],
  ])("%j accepts gzip: %s", (header, accepts) => {
    expect(acceptsGzip(header)).toBe(accepts);
  });
});
