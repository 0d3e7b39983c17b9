import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { SERVER_LIMITS } from "../limits.ts";
import { acceptsGzip, compressed } from "./compress.ts";

const LARGE = "row,".repeat(SERVER_LIMITS.gzip_min_bytes);
const REMOTE = "192.0.2.7";

describe("compression", () => {
  it("gzips a large body for a client elsewhere that accepts it", async () => {
    const { bytes, encoding } = await compressed(LARGE, "br, gzip", REMOTE);
    expect(encoding).toBe("gzip");
    expect(bytes.length).toBeLessThan(LARGE.length / 10);
    expect(gunzipSync(bytes).toString()).toBe(LARGE);
  });

  it("leaves a small body, a client that does not accept it, and this machine itself", async () => {
    expect((await compressed("small", "gzip", REMOTE)).encoding).toBeNull();
    expect((await compressed(LARGE, undefined, REMOTE)).encoding).toBeNull();
    expect((await compressed(LARGE, "gzip", "127.0.0.1")).encoding).toBeNull();
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
