import { describe, expect, it } from "vitest";
import { applied, digestOf } from "./digests.ts";

describe("applied", () => {
  it("brings a copy up to the server's window", () => {
    const page = new Map([
      ["a", 1],
      ["b", 2],
      ["c", 3],
      ["d", 4],
    ]);
    const changes = {
      upsert: [
        { id: "b", seq: 6 },
        { id: "e", seq: 7 },
      ],
      remove: ["c"],
      evict_before: 4,
    };
    const server = new Map([
      ["d", 4],
      ["b", 6],
      ["e", 7],
    ]);
    expect(digestOf(applied(page, changes))).toBe(digestOf(server));
    expect(page.size).toBe(4);
  });

  it("does not hide a row that the page lost or kept", () => {
    const nothing = { upsert: [], remove: [], evict_before: 0 };
    const server = digestOf(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    );
    expect(digestOf(applied(new Map([["a", 1]]), nothing))).not.toBe(server);
    expect(
      digestOf(
        applied(
          new Map([
            ["a", 1],
            ["b", 2],
            ["c", 3],
          ]),
          nothing,
        ),
      ),
    ).not.toBe(server);
    expect(
      digestOf(
        applied(
          new Map([
            ["a", 1],
            ["b", 3],
          ]),
          nothing,
        ),
      ),
    ).not.toBe(server);
  });
});
