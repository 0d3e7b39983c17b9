import fc from "fast-check";
import { toFunctionSelector } from "viem";
import { describe, expect, test } from "vitest";
import { TX_FLAG } from "../../protocol/tlv/registry.ts";
import { MessageView } from "../../protocol/tlv/view.ts";
import { SECTIONS } from "../registry/sections.ts";
import { address, transaction } from "../testing/messages.ts";
import { KeyHash } from "../window/key.ts";
import { FeatureEngine } from "./engine.ts";
import { FEATURE_OPTIONS } from "./options.ts";
import { CATEGORIES, ERC20_SELECTORS, MEV_BASE, MULTICALL_SELECTORS, SCORES } from "./rules.ts";
import { SELECTOR_RULES } from "./selectors.ts";

const MEV_OFF_MAINNET = FEATURE_OPTIONS.mev_off_mainnet.default;
const hash = new KeyHash(1, 12);
const engine = new FeatureEngine({ mev_off_mainnet: MEV_OFF_MAINNET }, { chains: SECTIONS, hash });
const view = new MessageView();

type Fields = NonNullable<Parameters<typeof transaction>[1]>;

function classify(fields: Fields, by: FeatureEngine = engine) {
  const bytes = transaction(1, fields);
  view.attach(bytes).seek(0, bytes.length).firstTlv();
  by.classify(view.data, view.valueStart);
  const { protocol, category, urgency, mev } = by;
  return { protocol: by.protocols[protocol], category: CATEGORIES[category], urgency, mev };
}

const GWEI = 1_000_000_000n;
const ROUTER = "0x7a250d5630b4cf539739df2c5dacb4c659f2488d";
const UNIVERSAL = "0x3fc91a3afd70395cd496c647d5a6cc9d4b2b7fad";
const POSITIONS = "0xc36442b4a4522e871399cd717abdd847ab11fe88";
const CALL = { calldata_length: 68 };
const inner = (...selectors: string[]) =>
  `0x${selectors.map((selector) => selector.slice(2)).join("")}`.padEnd(34, "0");

describe("the tables", () => {
  test("have each selector once, and it is that of the signature beside it", () => {
    for (const { selector, signature } of SELECTOR_RULES)
      expect(toFunctionSelector(signature)).toBe(selector);
    const all = [...SELECTOR_RULES.map(({ selector }) => selector), ...MULTICALL_SELECTORS];
    expect(new Set(all).size).toBe(all.length);
    const known = new Set(all);
    for (const selector of ERC20_SELECTORS) expect(known).toContain(selector);
    expect(MULTICALL_SELECTORS).toEqual(
      ["multicall(uint256,bytes[])", "multicall(bytes[])", "multicall(bytes32,bytes[])"].map((signature) =>
        toFunctionSelector(signature),
      ),
    );
  });
});

describe("the protocol", () => {
  test("is that of the address on its own chain, whatever is called", () => {
    const call = { ...CALL, to: ROUTER, method_selector: "0xa9059cbb" };
    expect(classify(call).protocol).toBe("uniswap-v2");
    expect(classify({ ...call, chain_id: 137n }).protocol).toBe("erc20");
    expect(classify({ ...call, chain_id: 2n ** 32n + 1n }).protocol).toBe("erc20");
    expect(
      classify({ ...call, chain_id: 137n, to: "0xa5e0829caced8ffdd4de3c43696c57f7d7a678ff" }).protocol,
    ).toBe("quickswap-v2");
  });

  test("else erc20 by its three selectors, else unknown", () => {
    for (const method_selector of ["0xa9059cbb", "0x23b872dd", "0x095ea7b3"]) {
      expect(classify({ ...CALL, method_selector }).protocol).toBe("erc20");
    }
    expect(classify({ ...CALL, method_selector: "0x38ed1739" }).protocol).toBe("unknown");
    expect(classify({ calldata_length: 3, method_selector: "0xa9059cbb" }).protocol).toBe("unknown");
    expect(classify({ ...CALL, method_selector: "0xa9059cbb", flags: TX_FLAG.max_fee }).protocol).toBe(
      "unknown",
    );
  });

  test("of a chain that was told of is known as well", () => {
    const chains = [
      {
        chain_id: 31_337,
        name: "Local",
        native_symbol: "ETH",
        block_ms: 2_000,
        wrapped_native: address(1),
        stables: [],
        tokens: {},
        protocols: { [address(7)]: "local-dex" },
      },
    ];
    const local = new FeatureEngine({ mev_off_mainnet: 0 }, { chains, hash });
    expect(classify({ to: address(7), chain_id: 31_337n }, local).protocol).toBe("local-dex");
    const none = new FeatureEngine({ mev_off_mainnet: 0 }, { chains: [], hash });
    expect(classify({ to: ROUTER }, none).protocol).toBe("unknown");
  });
});

describe("the category", () => {
  test.each([
    ["swap", "0x38ed1739", address(4)],
    ["swap", "0x12aa3caf", address(4)],
    ["swap", "0x3593564c", UNIVERSAL],
    ["other", "0x3593564c", address(4)],
    ["swap", "0x24856bc3", "0xef1c6e67703c7bd7107eed8303fbe6ec2554bf6b"],
    ["other", "0x24856bc3", address(4)],
    ["liquidity", "0xe8e33700", ROUTER],
    ["liquidity", "0x88316456", POSITIONS],
    ["liquidity", "0x42966c68", POSITIONS],
    ["other", "0x42966c68", address(4)],
    ["transfer", "0xa9059cbb", address(4)],
    ["approval", "0x095ea7b3", address(4)],
    ["other", "0xdeadbeef", address(4)],
    ["other", "0x00000000", address(4)],
  ] as const)("is %s of %s called at %s", (category, method_selector, to) => {
    expect(classify({ ...CALL, method_selector, to }).category).toBe(category);
  });

  test.each([
    ["swap", ["0x04e45aaf", "0x49404b7c"]],
    ["swap", ["0xf3995c67", "0x12210e8a", "0x095ea7b3", "0x414bf389"]],
    ["liquidity", ["0x0c49ccbe", "0xfc6f7865"]],
    ["transfer", ["0x49404b7c", "0xdf2ab5bb"]],
    ["approval", ["0xf3995c67"]],
    ["other", ["0xdeadbeef"]],
    ["other", []],
    ["other", ["0xac9650d8"]],
  ] as const)("of a multicall is %s where it holds %j", (category, calls) => {
    for (const method_selector of ["0x5ae401dc", "0xac9650d8", "0x1f0464d1"]) {
      const call = { ...CALL, to: POSITIONS, method_selector, inner_selectors: inner(...calls) };
      expect(classify(call).category).toBe(category);
    }
  });

  test("of a transaction without calldata is a transfer where it sends value, and without a receiver a deployment", () => {
    expect(classify({ value: 1n }).category).toBe("transfer");
    expect(classify({ value: 2n ** 255n }).category).toBe("transfer");
    expect(classify({ value: 0n }).category).toBe("other");
    expect(
      classify({ flags: TX_FLAG.max_fee, calldata_length: 9, method_selector: "0x38ed1739" }).category,
    ).toBe("deploy");
  });
});

describe("the scores", () => {
  /** The rules as they are written in domain language, on whole numbers without a bound. */
  function expected(fields: Required<Pick<Fields, ScoreField>>) {
    const { protocol, category } = classify(fields);
    const { flags, tx_type, max_priority_fee_per_gas, gas_price } = fields;
    const capped = (value: bigint, most: bigint) => (value < most ? value : most);
    let urgency = 0n;
    if ((flags & TX_FLAG.max_fee) !== 0) urgency = capped(max_priority_fee_per_gas / GWEI, 60n) + 4n;
    else if ((flags & TX_FLAG.gas_price) !== 0) urgency = capped(gas_price / (2n * GWEI), 40n);
    if (tx_type === 2) urgency += 6n;

    let mev = ({ swap: 55n, approval: 16n, transfer: 10n } as Record<string, bigint>)[category ?? ""] ?? 8n;
    if (protocol !== "unknown" && protocol !== "erc20") mev += 12n;
    if (fields.calldata_length > 132) mev += 5n;
    if (fields.value > 0n) mev += 3n;
    if (fields.gas_limit >= 200_000n) mev += 4n;
    if (tx_type === 3) mev += 2n;
    mev += urgency / 2n;
    if (fields.chain_id !== 1n) mev -= 15n;
    return { urgency: Number(capped(urgency, 100n)), mev: Number(mev < 0n ? 0n : capped(mev, 100n)) };
  }
  type ScoreField =
    | "to"
    | "value"
    | "gas_price"
    | "max_priority_fee_per_gas"
    | "chain_id"
    | "gas_limit"
    | "calldata_length"
    | "tx_type"
    | "flags"
    | "method_selector";

  const wei = fc.oneof(
    fc.bigInt({ min: 0n, max: 130n * GWEI }),
    fc.bigInt({ min: 0n, max: 130n }).map((gwei) => gwei * GWEI),
    fc.bigInt({ min: 1n, max: 130n }).map((gwei) => gwei * GWEI - 1n),
    fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
    fc.nat(127).map((bit) => 1n << BigInt(bit)),
  );
  const fields = fc.record({
    to: fc.constantFrom(ROUTER, UNIVERSAL, POSITIONS, address(4)),
    value: fc.oneof(
      fc.constant(0n),
      fc.nat(255).map((bit) => 1n << BigInt(bit)),
    ),
    gas_price: wei,
    max_priority_fee_per_gas: wei,
    chain_id: fc.constantFrom(1n, 137n, 2n ** 32n + 1n, 2n ** 64n - 1n),
    gas_limit: fc.oneof(
      fc.constantFrom(199_999n, 200_000n, 2n ** 32n, 2n ** 64n - 1n),
      fc.bigInt({ min: 0n, max: 400_000n }),
    ),
    calldata_length: fc.constantFrom(0, 3, 4, 132, 133, 2 ** 32 - 1),
    tx_type: fc.constantFrom(0, 1, 2, 3, 4),
    flags: fc.nat(15),
    method_selector: fc.constantFrom(...SELECTOR_RULES.map(({ selector }) => selector), "0xdeadbeef"),
  });

  test("equal those of a computation by BigInt", () => {
    fc.assert(
      fc.property(fields, (given) => {
        const { urgency, mev } = classify(given);
        expect({ urgency, mev }).toEqual(expected(given));
      }),
      { numRuns: 2_000 },
    );
  });

  test("count each point of the table", () => {
    const base = { flags: TX_FLAG.to, tx_type: 0, chain_id: 1n } as const;
    expect(classify(base)).toMatchObject({ urgency: 0, mev: MEV_BASE.other });
    expect(classify({ ...base, tx_type: 2 }).urgency).toBe(SCORES.type_2);
    expect(
      classify({ ...base, flags: TX_FLAG.to | TX_FLAG.max_fee, max_priority_fee_per_gas: 0n }).urgency,
    ).toBe(SCORES.max_fee);
    // A tip of 0 is a tip: the gas price does not stand in for it.
    const priced = { ...base, flags: TX_FLAG.to | TX_FLAG.gas_price, gas_price: 79n * GWEI };
    expect(classify(priced).urgency).toBe(39);
    expect(
      classify({
        ...priced,
        flags: TX_FLAG.to | TX_FLAG.gas_price | TX_FLAG.max_fee,
        max_priority_fee_per_gas: 0n,
      }).urgency,
    ).toBe(SCORES.max_fee);
    expect(classify({ ...base, tx_type: 3 }).mev).toBe(MEV_BASE.other + SCORES.type_3);
    expect(classify({ ...base, gas_limit: 200_000n }).mev).toBe(MEV_BASE.other + SCORES.gas_limit);
    expect(classify({ ...base, calldata_length: 133 }).mev).toBe(MEV_BASE.other + SCORES.calldata);
    expect(classify({ ...base, to: ROUTER }).mev).toBe(MEV_BASE.other + SCORES.dex);
    expect(classify({ ...base, value: 1n }).mev).toBe(MEV_BASE.transfer + SCORES.value);
  });

  test("lose off mainnet what the model was told", () => {
    const swap = { ...CALL, method_selector: "0x38ed1739", chain_id: 137n };
    const { mev } = classify(swap);
    const free = new FeatureEngine({ mev_off_mainnet: 0 }, { chains: SECTIONS, hash });
    expect(classify(swap, free).mev).toBe(mev + MEV_OFF_MAINNET);
    const harsh = new FeatureEngine({ mev_off_mainnet: 100 }, { chains: SECTIONS, hash });
    expect(classify(swap, harsh).mev).toBe(0);
    expect(classify({ ...swap, chain_id: 1n }, harsh).mev).toBe(mev + MEV_OFF_MAINNET);
  });
});
