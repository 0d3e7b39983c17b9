/** Who acts in the lab, and what they own at the beginning. */
import { encodeFunctionData, type Hex, maxUint256, parseEther } from "viem";
import * as abi from "./abi.ts";
import { type Chain, Wallet } from "./chain.ts";
import type { Deployment } from "./deploy.ts";
import { TOKEN_NAMES, TOKENS, worth } from "./pools.ts";
import { Setup } from "./setup.ts";

const ETHER_EACH = parseEther("1000000");
const USD_EACH = 500_000_000;

export function createWallets(name: string, count: number): Wallet[] {
  return Array.from({ length: count }, (_, index) => new Wallet(`${name} ${index + 1}`));
}

/** Ether for gas and for WETH; without it nobody can send anything. */
export async function giveEther(chain: Chain, wallets: readonly Wallet[]): Promise<void> {
  await Promise.all(wallets.map(({ address }) => chain.client.setBalance({ address, value: ETHER_EACH })));
}

/** Gives every wallet all tokens, spendable by every router. */
export async function giveTokens(
  chain: Chain,
  { tokens, venues, positions }: Deployment,
  wallets: readonly Wallet[],
): Promise<void> {
  const setup = new Setup(chain);
  const spenders: Hex[] = [...Object.values(venues).map(({ router }) => router), positions];
  for (const wallet of wallets) {
    for (const name of TOKEN_NAMES) {
      const { address } = tokens[name];
      const amount = worth(name, USD_EACH / TOKEN_NAMES.length);
      const grant =
        name === "WETH"
          ? { value: amount, data: encodeFunctionData({ abi: abi.WETH, functionName: "deposit" }) }
          : {
              data: encodeFunctionData({
                abi: abi.TOKEN,
                functionName: "mint",
                args: [wallet.address, amount],
              }),
            };
      setup.send(wallet, `${wallet.name}'s ${name}`, { to: address, ...grant });
      for (const spender of spenders) {
        const args = [spender, maxUint256] as const;
        setup.send(wallet, `${wallet.name}'s approval of ${TOKENS[name].name}`, {
          to: address,
          data: encodeFunctionData({ abi: abi.TOKEN, functionName: "approve", args }),
        });
      }
    }
  }
  await setup.mine();
}
