/** The schemas' hash is pinned to the protocol's version, so that no message changes shape unnoticed. */
import { createHash } from "node:crypto";
import { Type } from "typebox";
import { expect, it } from "vitest";
import { ENTITY_SCHEMAS } from "./entities.ts";
import { LIMITS } from "./limits.ts";
import { CLIENT_MESSAGES, Problem, SERVER_MESSAGES, Snapshot } from "./messages.ts";

/** By protocol version. */
const HASHES: Readonly<Record<number, string>> = {
  2: "f82de66ebd95381f0c3e03e985635a00df685e7e2327e95506dcaa5350b386c1",
};

/** JSON with sorted keys, without what is written for people. A property that is called `description` is a schema, no text. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, member]) => !(key === "description" && typeof member === "string"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, canonical(member)]));
}

function hashOf(schemas: object): string {
  return createHash("sha256")
    .update(JSON.stringify(canonical(schemas)))
    .digest("hex");
}

it("the messages' shape is that of this protocol version", () => {
  const hash = hashOf({ ...CLIENT_MESSAGES, ...SERVER_MESSAGES, ...ENTITY_SCHEMAS, Snapshot, Problem });
  expect(
    hash,
    `The schemas of protocol ${LIMITS.protocol} have changed. Where a peer with the old ones still understands every message ` +
      "(a field more from the server, a bound that is wider for the client), write the new hash in its place. Else raise " +
      "LIMITS.protocol, add the hash under the new number, and say so in CHANGELOG.md.",
  ).toBe(HASHES[LIMITS.protocol]);
});

it("a description makes no other hash; a bound, a field and its being optional do", () => {
  const plain = Type.Object({ a: Type.String(), description: Type.String() });
  const told = Type.Object(
    { a: Type.String({ description: "told" }), description: Type.String() },
    { description: "all" },
  );
  expect(hashOf(told)).toBe(hashOf(plain));
  for (const other of [
    Type.Object({ a: Type.String({ maxLength: 1 }), description: Type.String() }),
    Type.Object({ a: Type.Optional(Type.String()), description: Type.String() }),
    Type.Object({ a: Type.String() }),
  ]) {
    expect(hashOf(other)).not.toBe(hashOf(plain));
  }
});
