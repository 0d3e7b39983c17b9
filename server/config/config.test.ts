import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Model } from "../../model/model.ts";
import { VENUE } from "../../protocol/tlv/registry.ts";
import { CliError } from "../cli/errors.ts";
import { usualLimits } from "../sources/evm/source-limits.ts";
import { nearest } from "./check.ts";
import { readConfig, readConfigFile } from "./config.ts";
import { CONFIG_LIMITS } from "./schema.ts";
import { sourcesOf } from "./sources.ts";

const folder = mkdtempSync(join(tmpdir(), "mempulse-config-"));
afterAll(() => rmSync(folder, { recursive: true }));
const EXAMPLE = resolve(import.meta.dirname, "../../mempulse.config.example.json");
const SECRET = "s3cr3t0123456789abcdef";
const ENV = {
  ETHEREUM_KEY: SECRET,
  ETHEREUM_BACKUP_URL: `wss://backup.example.org/${SECRET}`,
  POLYGON_KEY: SECRET,
  NO_URL: SECRET,
  MEMPULSE_FIREHOSE_KEY: SECRET,
  EMPTY: "",
};
const chain = (fields: object = {}) => ({ chain_id: 1, endpoints: ["wss://h"], ...fields });
const SECTION = {
  native_symbol: "ETH",
  block_ms: 500,
  wrapped_native: `0x${"11".repeat(20)}`,
  stables: [`0x${"22".repeat(20)}`],
  tokens: {},
  protocols: {},
};

function errorOf(config: unknown): string {
  try {
    readConfig(typeof config === "string" ? config : JSON.stringify(config), ENV);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    expect(error.message).not.toContain(SECRET);
    expect(error.message).not.toContain("\n");
    return error.message;
  }
  return "none";
}

describe("the example", () => {
  test("is read whole, and makes sources and a model", async () => {
    const config = await readConfigFile(EXAMPLE, ENV);
    expect(config.chains.map(({ name, chain_id, block_ms }) => [name, chain_id, block_ms])).toEqual([
      ["Ethereum", 1, 12_000],
      ["Polygon", 137, 2_000],
      ["Local node", 31_337, 1_000],
    ]);
    expect(config.chains[0]?.endpoints).toEqual([
      `wss://mainnet.example.org/v2/${SECRET}`,
      `wss://backup.example.org/${SECRET}`,
    ]);
    expect(config.chains[2]?.factories).toEqual([
      expect.objectContaining({ chain_id: 31_337, kind: "v2", venue: VENUE.UniswapV2, fee: 3_000 }),
    ]);
    expect(config.relays).toEqual([{ kind: "unix", path: "/run/mempulse/market-data.sock" }]);
    expect(config.signals).toEqual({ kind: "unix", path: "/run/mempulse/signal.sock" });
    expect(new Model({ log_id: "x", ...config.model }).epoch).not.toBe(new Model({ log_id: "x" }).epoch);

    expect(config.firehose).toMatchObject({ key: SECRET, subscriptions: ["T.AAPL", "T.MSFT"] });
    const sources = sourcesOf(config, () => {});
    expect(sources.map(({ name }) => name)).toEqual([
      "Ethereum",
      "Polygon",
      "Local node",
      expect.stringContaining("market-data.sock"),
      "firehose trades.example.org",
    ]);
  });

  test("without its variables is one line that names the first", async () => {
    await expect(readConfigFile(EXAMPLE, {})).rejects.toThrow(
      new CliError(`${EXAMPLE}: chains[0].endpoints[0]: ETHEREUM_KEY is not set in the environment`),
    );
  });
});

describe("errors name the key", () => {
  test.each<[unknown, string]>([
    ['{"chains": [}', "line 1, column 13: not JSON"],
    ['{\n "chains": [],\n}', "line 3, column 1: not JSON"],
    ['{"bars": 1, "bars": 2}', "line 1, column 14: a key twice"],
    [[], "the file: must be object"],
    [{ chain: [] }, "chain: no such key; did you mean chains?"],
    [{ zzz: 1 }, "zzz: no such key"],
    [{ chains: [chain({ endpoint: [] })] }, "chains[0].endpoint: no such key; did you mean endpoints?"],
    [{ chains: [{ chain_id: 1 }] }, "chains[0].endpoints: is needed"],
    [
      { chains: [chain(), chain({ chain_id: 2, endpoints: [] })] },
      "chains[1].endpoints: must not have fewer than 1 items",
    ],
    [{ chains: [chain(), chain()] }, "chains[1].chain_id: 1 is that of chains[0] too"],
    [{ chains: [chain({ chain_id: "1" })] }, "chains[0].chain_id: must be integer"],
    [
      { chains: [chain({ endpoints: ["wss://h", "http://h"] })] },
      'chains[0].endpoints[1]: expected ws://HOST or wss://HOST, got "http://h"',
    ],
    [
      { chains: [chain({ endpoints: ["${NO_URL}"] })] },
      'chains[0].endpoints[0]: expected ws://HOST or wss://HOST, got "${NO_URL}"',
    ],
    [
      { chains: [chain({ endpoints: ["wss://h/${UNSET}"] })] },
      "chains[0].endpoints[0]: UNSET is not set in the environment",
    ],
    [
      { chains: [chain({ endpoints: ["wss://h/${EMPTY}"] })] },
      "chains[0].endpoints[0]: EMPTY is not set in the environment",
    ],
    [
      { chains: [chain({ endpoints: ["wss://h/${A B}"] })] },
      "chains[0].endpoints[0]: ${A B} names no variable",
    ],
    [
      { chains: [chain({ limits: { healthy_m: 1 } })] },
      "chains[0].limits.healthy_m: no such key; did you mean healthy_ms?",
    ],
    [{ chains: [chain({ limits: { healthy_ms: 0 } })] }, "chains[0].limits.healthy_ms: must be >= 1"],
    [
      { chains: [chain({ limits: { ping_interval_ms: 2 ** 31 } })] },
      "chains[0].limits.ping_interval_ms: must be <= 2147483647",
    ],
    [
      { chains: [chain({ section: { ...SECTION, stables: ["x"] } })] },
      "chains[0].section.stables[0]: must match pattern",
    ],
    [
      { chains: [chain({ section: { ...SECTION, tokens: { x: "X" } } })] },
      "chains[0].section.tokens.x: no such key",
    ],
    [
      { chains: [chain({ factories: [{ name: "f", address: SECTION.wrapped_native, kind: "v4" }] })] },
      "chains[0].factories[0].kind: must be one of v2, v3, algebra",
    ],
    [{ relays: ["unix:/ok", "pipe:x"] }, 'relays[1]: "pipe:x" is not unix:PATH or tcp:HOST:PORT'],
    [{ signals: "unix:" }, 'signals: "unix:" names no path'],
    [{ firehose: "https://h" }, 'firehose: expected ws://HOST or wss://HOST, got "https://h"'],
    [{ firehose: "wss://h#AAPL" }, "firehose: expected T.* or T.SYMBOL"],
    [{ arbitrage: { slippage: 1 } }, "arbitrage.slippage: no such key; did you mean slippage_bps?"],
    [{ bars: { lateness_ms: -1 } }, "bars.lateness_ms: must be >= 0"],
  ])("%j", (config, message) => {
    expect(errorOf(config).startsWith(message)).toBe(true);
  });

  test("and the file", async () => {
    const path = join(folder, "c.json");
    await expect(readConfigFile(path, ENV)).rejects.toThrow(new CliError(`${path}: no such file`));
    writeFileSync(path, '{"chain": 1}');
    await expect(readConfigFile(path, ENV)).rejects.toThrow(
      new CliError(`${path}: chain: no such key; did you mean chains?`),
    );
    writeFileSync(path, " ".repeat(CONFIG_LIMITS.file_bytes + 1));
    await expect(readConfigFile(path, ENV)).rejects.toThrow("1048576 are the most");
    await expect(readConfigFile(folder, ENV)).rejects.toThrow(CliError);
  });
});

describe("access keys", () => {
  test.each([
    `wss://mainnet.infura.io/ws/v3/${"0123456789abcdef".repeat(2)}`,
    "wss://eth-mainnet.g.alchemy.com/v2/aB3dEfGh1jKlMnOpQrStUvWxYz012345",
    "wss://h/path?apikey=aB3dEfGh1jKlMnOpQr",
    "wss://user:password@h",
    "wss://h/${ETHEREUM_KEY}/aB3dEfGh1jKlMnOpQr",
  ])("%s in the file are refused", (endpoint) => {
    const message = errorOf({ chains: [chain({ endpoints: [endpoint] })] });
    expect(message).toBe(
      "chains[0].endpoints[0]: holds what looks like an access key; write ${NAME} in its place, and set NAME in the environment",
    );
  });

  test.each([
    "wss://polygon-mainnet-archive-2.example.org/ext/bc/C/ws",
    "wss://eth.example.org/v2/${ETHEREUM_KEY}?network=mainnet",
    "wss://user:${ETHEREUM_KEY}@h",
    "ws://127.0.0.1:8545",
  ])("%s holds none", (endpoint) => {
    expect(errorOf({ chains: [chain({ endpoints: [endpoint] })] })).toBe("none");
  });

  test.each(["firehose", "chains", "bars"])("as the value of %s are not shown", (key) => {
    for (const value of [SECRET, [SECRET], { chain_id: SECRET }, [{ chain_id: 1, endpoints: [SECRET] }]]) {
      expect(errorOf({ [key]: value })).not.toBe("none");
    }
  });

  test("whatever the file holds, the error is one line", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat({ max: 40 }), fc.string(), (text, at, noise) => {
        expect(errorOf(text)).not.toBe("");
        expect(errorOf(`${text.slice(0, at)}${noise}${text.slice(at)}`)).not.toBe("");
      }),
    );
  });
});

test("a name that is near is found, one that is far is not", () => {
  expect(nearest("endpoit", ["chains", "endpoints", "limits"])).toBe("endpoints");
  expect(nearest("Endpoints", ["chains", "endpoints"])).toBe("endpoints");
  expect(nearest("colour", ["chains", "endpoints"])).toBeNull();
  expect(nearest("x".repeat(100_000), ["chains"])).toBeNull();
});

test("the example in docs/config.md is the file", () => {
  const docs = readFileSync(resolve(import.meta.dirname, "../../docs/config.md"), "utf8");
  expect(docs).toContain(readFileSync(EXAMPLE, "utf8").trim());
});

test("docs/config.md has every limit with its default", () => {
  const docs = readFileSync(resolve(import.meta.dirname, "../../docs/config.md"), "utf8");
  const rows = [...docs.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  expect(Object.fromEntries(rows)).toEqual(usualLimits);
});
