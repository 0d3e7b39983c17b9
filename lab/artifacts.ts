/** Creation code of the contracts: the protocols' as they published it on npm, ours from `contracts/artifacts.json`. */
import { createRequire } from "node:module";
import type { Hex } from "viem";
import type { OwnArtifacts } from "./contracts/compile.ts";

const require = createRequire(import.meta.url);

function published(path: string): Hex {
  const { bytecode } = require(path) as { bytecode: string };
  return `0x${bytecode.replace(/^0x/, "")}`;
}

const own = (require("./contracts/artifacts.json") as OwnArtifacts).bytecode;

const hardhat = (root: string, name: string) =>
  published(`${root}/artifacts/contracts/${name}.sol/${name}.json`);

export const BYTECODE = {
  weth: published("@uniswap/v2-periphery/build/WETH9.json"),
  v2Factory: published("@uniswap/v2-core/build/UniswapV2Factory.json"),
  v2Router: published("@uniswap/v2-periphery/build/UniswapV2Router02.json"),
  v3Factory: hardhat("@uniswap/v3-core", "UniswapV3Factory"),
  v3Router: hardhat("@uniswap/v3-periphery", "SwapRouter"),
  v3Positions: hardhat("@uniswap/v3-periphery", "NonfungiblePositionManager"),
  algebraDeployer: hardhat("@cryptoalgebra/v1-core", "AlgebraPoolDeployer"),
  algebraFactory: hardhat("@cryptoalgebra/v1-core", "AlgebraFactory"),
  algebraRouter: own.AlgebraRouter,
  token: own.LabToken,
} as const satisfies Record<string, Hex>;
