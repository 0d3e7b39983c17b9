/** What a resume token is good for. That it is genuine, `token.ts` tells. */
import { LIMITS } from "../../../protocol/stream/limits.ts";
import type { InvalidSession } from "../../../protocol/stream/messages.ts";
import type { Now } from "../../clock.ts";
import type { EventOf } from "./events.ts";
import type { World } from "./state.ts";

/** A token that is good from now on. */
export function freshToken(id: string, { log, tokens }: World, now: Now): string {
  const expires_unix_ms = now.unix_ms + LIMITS.resume_token_ttl_ms;
  return tokens.sign({ epoch: log.epoch, session_id: id, expires_unix_ms });
}

/** Why the RESUME is refused; null where its token is good. */
export function tokenFault(event: EventOf<"RESUME">, now: Now): InvalidSession["reason"] | null {
  const { message, world } = event;
  const claims = world.tokens.open(message.resume_token);
  if (claims === null || claims.session_id !== message.session_id) return "token_invalid";
  if (claims.epoch !== world.log.epoch) return "epoch_changed";
  return claims.expires_unix_ms < now.unix_ms ? "token_expired" : null;
}
