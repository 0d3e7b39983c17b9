/** For tests: a node with the published contracts and three wallets, whose blocks are mined when the test says so. */
import { encodeFunctionData } from "viem";
import * as abi from "../abi.ts";
import { type Call, Chain, type Fee, Wallet } from "../chain.ts";
import { type Deployment, deployContracts } from "../deploy.ts";
import { type EvmNode, startNode } from "../node.ts";
import { Setup } from "../setup.ts";
import { giveEther } from "../wallets.ts";

/** Chain time from one block to the next. */
export const BLOCK_S = 2;
const BASE_FEE_WEI = 20_000_000_000n;
const FEE: Fee = { type: "eip1559", tip_gwei: 2, base_fee_share: 2 };

/**
 * `constant`: Algebra's factory gives pools a fee that no unrest moves, else it is settled anew by the first swap of a block,
 * which nobody can know before.
 */
export type AlgebraFee = "constant" | "adaptive";

export class Stage {
  readonly node: EvmNode;
  readonly chain: Chain;
  readonly deployment: Deployment;
  /** Opens and fills pools. */
  readonly provider: Wallet;
  /** Moves prices. */
  readonly mover: Wallet;
  /** Executes opportunities. */
  readonly executor: Wallet;

  private constructor(node: EvmNode, chain: Chain, deployment: Deployment, wallets: readonly Wallet[]) {
    this.node = node;
    this.chain = chain;
    this.deployment = deployment;
    [this.provider, this.mover, this.executor] = wallets as [Wallet, Wallet, Wallet];
  }

  static async open(algebraFee: AlgebraFee): Promise<Stage> {
    const genesisUnixS = Math.floor(Date.now() / 1000) - 60;
    const node = await startNode({ port: 0, genesisUnixS, baseFeeWei: BASE_FEE_WEI });
    try {
      const chain = new Chain(node.httpUrl, genesisUnixS, BASE_FEE_WEI);
      const deployer = new Wallet("deployer");
      const wallets = ["first provider", "mover", "executor"].map((name) => new Wallet(name));
      await giveEther(chain, [deployer, ...wallets]);
      const deployment = await deployContracts(chain, deployer, wallets);
      if (algebraFee === "constant") await fixAlgebraFee(chain, deployer, deployment);
      return new Stage(node, chain, deployment, wallets);
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  send(from: Wallet, call: Call): Promise<unknown> {
    return this.chain.send(from, call, FEE);
  }

  /** Mines what was sent, of which nothing may fail. Resolves with the block's number. */
  async mine(): Promise<bigint> {
    await this.chain.mine(BLOCK_S);
    if ((await this.chain.revertedInHead()).size > 0) throw new Error("a transaction of the test failed");
    return this.chain.client.getBlockNumber();
  }

  close(): Promise<void> {
    return this.node.stop();
  }
}

/** Pools that the factory makes from now on keep its lowest fee: both of the curves that raise it are flat. */
async function fixAlgebraFee(chain: Chain, deployer: Wallet, { venues }: Deployment): Promise<void> {
  const setup = new Setup(chain);
  const args = [0, 0, 360, 60_000, 59, 8_500, 0, 10, 100] as const;
  const functionName = "setBaseFeeConfiguration";
  const data = encodeFunctionData({ abi: abi.ALGEBRA_FACTORY, functionName, args });
  setup.send(deployer, "a constant fee", { to: venues["quickswap-v3"].factory, data });
  await setup.mine();
}
