/** Puts the published contracts and the tokens on the chain. Their addresses are the same in every run. */
import { encodeDeployData, encodeFunctionData, type Hex, maxUint256, zeroAddress } from "viem";
import type { ChainSection } from "../protocol/chain-section.ts";
import { VENUE } from "../protocol/tlv/registry.ts";
import type { Factory } from "../server/sources/evm/registry.ts";
import * as abi from "./abi.ts";
import { BYTECODE } from "./artifacts.ts";
import { approveCall } from "./calls.ts";
import type { Chain, Wallet } from "./chain.ts";
import { LAB_CHAIN_ID } from "./node.ts";
import { TOKEN_NAMES, TOKENS, type TokenName, VENUES, type VenueKey, worth } from "./pools.ts";
import { Setup } from "./setup.ts";
import { BLOCK_S } from "./trading.ts";

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
/** What an owner gets of each token. */
const SHARE_USD = 80_000_000;

/** Every one of `owners` gets a share of each token, which every router may spend. */
export async function deployContracts(
  chain: Chain,
  deployer: Wallet,
  owners: readonly Wallet[],
): Promise<Deployment> {
  const setup = new Setup(chain);
  const weth = setup.deploy(deployer, "WETH9", BYTECODE.weth);
  const { v3, positions } = deployV3(setup, deployer, weth);
  const algebra = deployAlgebra(setup, deployer);
  const venues = {
    "uniswap-v2": deployV2(setup, deployer, weth),
    sushiswap: deployV2(setup, deployer, weth),
    "uniswap-v3": v3,
    "quickswap-v3": algebra,
  };
  const spenders = [...Object.values(venues).map(({ router }) => router), positions];
  const tokens = deployTokens(setup, deployer, weth, owners, spenders);
  // WETH9 knows no first owners. It must be there before it is called: a call to nobody succeeds.
  await setup.mine();
  for (const wallet of owners) giveWeth(setup, wallet, tokens.WETH, spenders);
  await setup.mine();
  return { tokens, venues, positions };
}

function deployV2(setup: Setup, deployer: Wallet, weth: Hex): Venue {
  const factory = setup.deploy(
    deployer,
    "V2 factory",
    encodeDeployData({ abi: abi.V2_FACTORY, bytecode: BYTECODE.v2Factory, args: [deployer.address] }),
  );
  const args = [factory, weth] as const;
  const router = setup.deploy(
    deployer,
    "V2 router",
    encodeDeployData({ abi: abi.V2_ROUTER, bytecode: BYTECODE.v2Router, args }),
  );
  return { factory, router };
}

function deployV3(setup: Setup, deployer: Wallet, weth: Hex): { v3: Venue; positions: Hex } {
  const factory = setup.deploy(deployer, "V3 factory", BYTECODE.v3Factory);
  setup.send(deployer, "V3 fee tier", {
    to: factory,
    data: encodeFunctionData({ abi: abi.V3_FACTORY, functionName: "enableFeeAmount", args: V3_LOWEST_TIER }),
  });
  const router = setup.deploy(
    deployer,
    "V3 router",
    encodeDeployData({ abi: abi.V3_ROUTER, bytecode: BYTECODE.v3Router, args: [factory, weth] }),
  );
  // The last argument draws pictures of positions; nobody here looks at them.
  const args = [factory, weth, zeroAddress] as const;
  const positions = setup.deploy(
    deployer,
    "V3 position manager",
    encodeDeployData({ abi: abi.V3_POSITIONS, bytecode: BYTECODE.v3Positions, args }),
  );
  return { v3: { factory, router }, positions };
}

function deployAlgebra(setup: Setup, deployer: Wallet): Venue {
  const poolDeployer = setup.deploy(deployer, "Algebra pool deployer", BYTECODE.algebraDeployer);
  const args = [poolDeployer, deployer.address] as const;
  const factory = setup.deploy(
    deployer,
    "Algebra factory",
    encodeDeployData({ abi: abi.ALGEBRA_FACTORY, bytecode: BYTECODE.algebraFactory, args }),
  );
  setup.send(deployer, "Algebra pool deployer's factory", {
    to: poolDeployer,
    data: encodeFunctionData({ abi: abi.ALGEBRA_DEPLOYER, functionName: "setFactory", args: [factory] }),
  });
  const router = setup.deploy(
    deployer,
    "Algebra router",
    encodeDeployData({ abi: abi.ALGEBRA_ROUTER, bytecode: BYTECODE.algebraRouter, args: [factory] }),
  );
  return { factory, router };
}

function deployTokens(
  setup: Setup,
  deployer: Wallet,
  weth: Hex,
  owners: readonly Wallet[],
  spenders: readonly Hex[],
): Record<TokenName, Token> {
  const addresses = owners.map(({ address }) => address);
  const tokens = {} as Record<TokenName, Token>;
  for (const name of TOKEN_NAMES) {
    const { decimals, name: longName } = TOKENS[name];
    const args = [longName, name, decimals, addresses, worth(name, SHARE_USD), spenders] as const;
    const address =
      name === "WETH"
        ? weth
        : setup.deploy(deployer, name, encodeDeployData({ abi: abi.TOKEN, bytecode: BYTECODE.token, args }));
    tokens[name] = { name, address, decimals };
  }
  return tokens;
}

function giveWeth(setup: Setup, owner: Wallet, weth: Token, spenders: readonly Hex[]): void {
  const what = `${owner.name}'s WETH`;
  const data = encodeFunctionData({ abi: abi.WETH, functionName: "deposit" });
  setup.send(owner, what, { to: weth.address, data, value: worth("WETH", SHARE_USD) });
  for (const spender of spenders) setup.send(owner, what, approveCall(weth, spender, maxUint256));
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

/** What is known beforehand of the chain, for the fold's registry. */
export function chainSectionOf(deployment: Deployment): ChainSection {
  const { tokens, venues, positions } = deployment;
  const routers = (Object.keys(VENUES) as VenueKey[]).map(
    (name) => [venues[name].router.toLowerCase(), name] as const,
  );
  return {
    chain_id: LAB_CHAIN_ID,
    name: "Local chain",
    native_symbol: "ETH",
    block_ms: BLOCK_S * 1_000,
    wrapped_native: tokens.WETH.address.toLowerCase(),
    stables: stableTokensOf(deployment),
    tokens: Object.fromEntries(TOKEN_NAMES.map((name) => [tokens[name].address.toLowerCase(), name])),
    protocols: { ...Object.fromEntries(routers), [positions.toLowerCase()]: "uniswap-v3" },
  };
}
