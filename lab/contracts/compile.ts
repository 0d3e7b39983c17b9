/**
 * Compiles the contracts here that are our own into `artifacts.json`, which is kept, so that neither the lab nor its tests
 * need the compiler: `node --import tsx lab/contracts/compile.ts`. The published protocols' contracts come compiled from npm.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

interface Compiler {
  version(): string;
  compile(input: string, callbacks: { import(path: string): { contents: string } }): string;
}

interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
}

const SOURCES = ["LabToken", "AlgebraRouter"] as const;
export type OwnContract = (typeof SOURCES)[number];

export interface OwnArtifacts {
  compiler: string;
  bytecode: Record<OwnContract, `0x${string}`>;
}

const require = createRequire(import.meta.url);
export const ARTIFACTS_PATH = join(import.meta.dirname, "artifacts.json");

/** Throws with the compiler's message where a source does not compile. */
export function compileOwnContracts(): OwnArtifacts {
  const solc = require("solc") as Compiler;
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(
      SOURCES.map((name) => [
        `${name}.sol`,
        { content: readFileSync(join(import.meta.dirname, `${name}.sol`), "utf8") },
      ]),
    ),
    settings: {
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: "none" },
      outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
    },
  };
  const fromNpm = (path: string) => ({ contents: readFileSync(require.resolve(path), "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: fromNpm })) as Output;
  const errors = output.errors?.filter(({ severity }) => severity === "error") ?? [];
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  const bytecodeOf = (name: OwnContract) =>
    `0x${output.contracts[`${name}.sol`]?.[name]?.evm.bytecode.object}` as const;
  return {
    compiler: solc.version(),
    bytecode: { LabToken: bytecodeOf("LabToken"), AlgebraRouter: bytecodeOf("AlgebraRouter") },
  };
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(ARTIFACTS_PATH, `${JSON.stringify(compileOwnContracts(), null, 2)}\n`);
}
