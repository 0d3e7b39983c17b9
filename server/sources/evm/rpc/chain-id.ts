/** The chain that a node is of. */
import { type Rpc, RpcError } from "./rpc.ts";

/** Rejects with RpcError where the answer is no chain id. */
export async function askChainId(rpc: Rpc): Promise<number> {
  const answer = await rpc.request("eth_chainId", []);
  if (typeof answer === "string" && /^0x[0-9a-f]{1,13}$/i.test(answer)) return Number(answer);
  throw new RpcError("eth_chainId: the node's answer is no chain id");
}
