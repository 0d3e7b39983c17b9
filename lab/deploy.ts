/** Puts the published contracts and the tokens on the chain. Their addresses are the same in every run. */
import { encodeDeployData, encodeFunctionData, type Hex, zeroAddress } from "viem";
import { VENUE } from "../protocol/tlv/registry.ts";
import type { Factory } from "../server/sources/evm/registry.ts";
import * as abi from "./abi.ts";
import { BYTECODE } from "./artifacts.ts";
import type { Chain, Wallet } from "./chain.ts";
import { LAB_CHAIN_ID } from "./node.ts";
import { TOKEN_NAMES, TOKENS, type TokenName, VENUES, type VenueKey } from "./pools.ts";
import { Setup } from "./setup.ts";

export interface Token {
  readonly name: TokenName;
  readonly address: Hex;
  readonly decimals: number;
}

interface Venue {
  readonly factory: Hex;
  readonly router: Hex;
}

export interface Deployment {
  readonly tokens: Readonly<Record<TokenName, Token>>;
  readonly venues: Readonly<Record<VenueKey, Venue>>;
  /** Uniswap V3's position manager. */
  readonly positions: Hex;
}

/** Fee of 0.01 %, which Uniswap's governance added to V3 in 2021: not in the published constructor. */
const V3_LOWEST_TIER = [100, 1] as const;

export async function deployContracts(chain: Chain, deployer: Wallet): Promise<Deployment> {
  const setup = new Setup(chain);
  const deploy = (what: string, data: Hex) => setup.deploy(deployer, what, data);
  const call = (what: string, to: Hex, data: Hex) => setup.send(deployer, what, { to, data });
  const owner = deployer.address;

  const weth = deploy("WETH9", BYTECODE.weth);
  const tokens = {} as Record<TokenName, Token>;
  for (const name of TOKEN_NAMES) {
    const { decimals, name: longName } = TOKENS[name];
    const args = [longName, name, decimals] as const;
    const address =
      name === "WETH"
        ? weth
        : deploy(name, encodeDeployData({ abi: abi.TOKEN, bytecode: BYTECODE.token, args }));
    tokens[name] = { name, address, decimals };
  }

  const uniswapV2 = (): Venue => {
    const factory = deploy(
      "V2 factory",
      encodeDeployData({ abi: abi.V2_FACTORY, bytecode: BYTECODE.v2Factory, args: [owner] }),
    );
    const args = [factory, weth] as const;
    const router = deploy(
      "V2 router",
      encodeDeployData({ abi: abi.V2_ROUTER, bytecode: BYTECODE.v2Router, args }),
    );
    return { factory, router };
  };

  const v3Factory = deploy("V3 factory", BYTECODE.v3Factory);
  call(
    "V3 fee tier",
    v3Factory,
    encodeFunctionData({ abi: abi.V3_FACTORY, functionName: "enableFeeAmount", args: V3_LOWEST_TIER }),
  );
  const v3Router = deploy(
    "V3 router",
    encodeDeployData({ abi: abi.V3_ROUTER, bytecode: BYTECODE.v3Router, args: [v3Factory, weth] }),
  );
  const positions = deploy(
    "V3 position manager",
    encodeDeployData({
      abi: abi.V3_POSITIONS,
      bytecode: BYTECODE.v3Positions,
      // The last one draws pictures of positions; nobody here looks at them.
      args: [v3Factory, weth, zeroAddress],
    }),
  );

  const algebraDeployer = deploy("Algebra pool deployer", BYTECODE.algebraDeployer);
  const algebraFactory = deploy(
    "Algebra factory",
    encodeDeployData({
      abi: abi.ALGEBRA_FACTORY,
      bytecode: BYTECODE.algebraFactory,
      args: [algebraDeployer, owner],
    }),
  );
  call(
    "Algebra pool deployer's factory",
    algebraDeployer,
    encodeFunctionData({ abi: abi.ALGEBRA_DEPLOYER, functionName: "setFactory", args: [algebraFactory] }),
  );
  const algebraRouter = deploy(
    "Algebra router",
    encodeDeployData({ abi: abi.ALGEBRA_ROUTER, bytecode: BYTECODE.algebraRouter, args: [algebraFactory] }),
  );

  const venues = {
    "uniswap-v2": uniswapV2(),
    sushiswap: uniswapV2(),
    "uniswap-v3": { factory: v3Factory, router: v3Router },
    "quickswap-v3": { factory: algebraFactory, router: algebraRouter },
  };
  await setup.mine();
  return { tokens, venues, positions };
}

/** The factories as a collector wants them told. */
export function factoriesOf({ venues }: Deployment): Factory[] {
  return (Object.keys(VENUES) as VenueKey[]).map((name) => {
    const { kind, venue } = VENUES[name];
    return {
      chain_id: LAB_CHAIN_ID,
      name,
      address: venues[name].factory.toLowerCase(),
      kind,
      venue: VENUE[venue],
      fee: kind === "v2" ? 3_000 : null,
    };
  });
}

export function stableTokensOf({ tokens }: Deployment): string[] {
  return TOKEN_NAMES.filter((name) => TOKENS[name].stable).map((name) => tokens[name].address.toLowerCase());
}
