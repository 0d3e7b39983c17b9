import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Claims, resumeTokens } from "./token.ts";

const SECRET = "a secret of at least thirty-two characters";
const tokens = resumeTokens(SECRET);
const claims: Claims = { epoch: "e-1", session_id: "sess_1", expires_unix_ms: 1_700_000_000_000 };

describe("R resume tokens", () => {
  it("R2 anyone with the secret reads what was signed, on another server too", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.maxSafeNat(), (epoch, session_id, expires_unix_ms) => {
        const signed = { epoch, session_id, expires_unix_ms };
        expect(resumeTokens(SECRET).open(tokens.sign(signed))).toEqual(signed);
      }),
    );
  });

  it("R2 a token is base64url and fits the message", () => {
    const token = tokens.sign({ ...claims, epoch: "e".repeat(128), session_id: "s".repeat(64) });
    expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/);
    expect(token.length).toBeLessThanOrEqual(1024);
  });

  it("R3 another secret does not read it", () => {
    expect(resumeTokens(`${SECRET}!`).open(tokens.sign(claims))).toBeNull();
  });

  it("R3 a token with any one character changed, added or left out is refused", () => {
    const token = tokens.sign(claims);
    for (let place = 0; place < token.length; place++) {
      const [before, after] = [token.slice(0, place), token.slice(place + 1)];
      const other = token[place] === "A" ? "B" : "A";
      for (const forged of [before + other + after, before + after, `${before}A${token.slice(place)}`]) {
        expect(tokens.open(forged)).toBeNull();
      }
    }
  });

  it("R3 whatever is no token is refused, and nothing makes it throw", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary", maxLength: 1024 }),
      fc.base64String().map((payload) => `${payload}.${payload}`),
      fc.string({ unit: fc.constantFrom(...Array.from(tokens.sign(claims)), "=", "é"), maxLength: 300 }),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(tokens.open(given)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it("R3 a payload of another shape is refused, though it was signed", () => {
    for (const payload of [
      null,
      7,
      [],
      {},
      { ...claims, epoch: 1 },
      { ...claims, expires_unix_ms: "soon" },
    ]) {
      expect(tokens.open(tokens.sign(payload as unknown as Claims))).toBeNull();
    }
  });
});
