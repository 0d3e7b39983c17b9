/** A node by its URL, whatever the transport. */
import type { Clock } from "../../../clock.ts";
import { HttpRpc } from "./http.ts";
import { parseRpcUrl, type Rpc } from "./rpc.ts";
import { WsRpc } from "./ws.ts";

/** Opens `ws:`, `wss:`, `http:` or `https:`. Rejects with RpcError where the URL is none or nobody listens. */
export async function openRpc(text: string, clock: Clock): Promise<Rpc> {
  const url = parseRpcUrl(text);
  return url.protocol === "ws:" || url.protocol === "wss:" ? WsRpc.open(url, clock) : new HttpRpc(url);
}
