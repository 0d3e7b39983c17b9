/**
 * Resume tokens: `payload.signature`, both base64url, signed by HMAC-SHA256. A server keeps none of them; who has the secret
 * can read each. What a token is good for is the session's to judge.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Claims {
  readonly epoch: string;
  readonly session_id: string;
  readonly expires_unix_ms: number;
}

/** Pure: equal arguments give equal answers. */
export interface Tokens {
  sign(claims: Claims): string;
  /** What was signed; null for anything that was not signed with this secret. */
  open(token: string): Claims | null;
}

export function resumeTokens(secret: string | Buffer): Tokens {
  const signature = (payload: string): Buffer => createHmac("sha256", secret).update(payload).digest();
  return {
    sign(claims) {
      const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
      return `${payload}.${signature(payload).toString("base64url")}`;
    },
    open(token) {
      const [payload = "", given = "", ...rest] = token.split(".");
      const expected = Buffer.from(signature(payload).toString("base64url"));
      const bytes = Buffer.from(given);
      if (rest.length > 0 || bytes.length !== expected.length || !timingSafeEqual(bytes, expected))
        return null;
      return readClaims(Buffer.from(payload, "base64url").toString());
    },
  };
}

/** Only a server with the secret wrote the payload, but it may have been one of another version. */
function readClaims(text: string): Claims | null {
  try {
    const { epoch, session_id, expires_unix_ms } = JSON.parse(text) as Record<string, unknown>;
    if (typeof epoch !== "string" || typeof session_id !== "string") return null;
    return typeof expires_unix_ms === "number" ? { epoch, session_id, expires_unix_ms } : null;
  } catch {
    return null;
  }
}
