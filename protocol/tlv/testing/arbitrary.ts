/** Random messages for property tests: every type, values at the edges of their fields as often as inside them. */
import fc from "fast-check";
import type { MessageInit, TlvInit } from "../encode.ts";
import { type FieldKind, KIND_BYTES, LAYOUT_LIST, type Layout } from "../layout.ts";
import { DOMAIN, type DomainName } from "../registry.ts";

const EDGES = [
  0n,
  1n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
  2n ** 128n - 1n,
];

function bigints(lowest: bigint, highest: bigint): fc.Arbitrary<bigint> {
  const edges = [lowest, highest, ...EDGES, ...EDGES.map((edge) => -edge)];
  return fc.oneof(
    fc.constantFrom(...edges.filter((edge) => edge >= lowest && edge <= highest)),
    fc.bigInt({ min: lowest, max: highest }),
  );
}

/** Uniswap's tick limits beside the field's own. */
const i32s = fc.oneof(
  fc.constantFrom(-887_272, 887_272, -1, 0, -(2 ** 31), 2 ** 31 - 1),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);

function hexOf(bytes: number): fc.Arbitrary<string> {
  const random = fc.uint8Array({ minLength: bytes, maxLength: bytes });
  return fc
    .oneof(fc.constantFrom(new Uint8Array(bytes), new Uint8Array(bytes).fill(255)), random)
    .map((value) => `0x${Buffer.from(value).toString("hex")}`);
}

function textOf(bytes: number): fc.Arbitrary<string> {
  const fits = (text: string) => Buffer.byteLength(text) <= bytes && !text.endsWith("\0");
  return fc.oneof(
    fc.constantFrom("", "x".repeat(bytes), "é".repeat(bytes / 2), "\u{feff}bom", "a\0b"),
    fc.string({ unit: "grapheme", maxLength: bytes }).filter(fits),
  );
}

export function valueOf(kind: FieldKind): fc.Arbitrary<unknown> {
  const bytes = KIND_BYTES[kind];
  switch (kind) {
    case "u8":
    case "u16":
    case "u32": {
      const highest = 2 ** (8 * bytes) - 1;
      return fc.oneof(fc.constantFrom(0, 1, highest), fc.integer({ min: 0, max: highest }));
    }
    case "i32":
      return i32s;
    case "i64":
      return bigints(-(2n ** 63n), 2n ** 63n - 1n);
    case "u64":
    case "u128":
    case "u256":
      return bigints(0n, 2n ** BigInt(8 * bytes) - 1n);
    case "text32":
    case "text64":
    case "text128":
      return textOf(bytes);
    default:
      return hexOf(kind === "addr" ? 20 : bytes);
  }
}

export function tlvOf(layout: Layout): fc.Arbitrary<TlvInit> {
  const fields = layout.fields.filter(({ isPad }) => !isPad);
  const values = Object.fromEntries(fields.map(({ name, kind }) => [name, valueOf(kind)]));
  return fc.record(values).map((given) => ({ name: layout.name, ...given }) as unknown as TlvInit);
}

const unknownTlv: fc.Arbitrary<TlvInit> = fc.record({
  name: fc.constant("Unknown" as const),
  type: fc.integer({ min: 230, max: 254 }),
  bytes: fc
    .oneof(
      fc.constantFrom(0, 1, 255, 256, 300).map((length) => new Uint8Array(length).fill(7)),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`),
});

const vendorLayouts = LAYOUT_LIST.filter(({ type }) => type >= 200);

function layoutsOf(domain: DomainName): readonly Layout[] {
  const inRange: Record<DomainName, (type: number) => boolean> = {
    market_data: (type) => type <= 19 || type >= 200,
    signal: (type) => type >= 20 && type <= 39,
    execution: () => false,
    system: (type) => type >= 100,
  };
  return LAYOUT_LIST.filter(({ type }) => inRange[domain](type));
}

/** A message whose event is of `layout`. */
export function messageOf(layout: Layout): fc.Arbitrary<MessageInit> {
  const domains = (Object.keys(DOMAIN) as DomainName[]).filter((domain) =>
    layoutsOf(domain).includes(layout),
  );
  return fc.record({
    domain: fc.constantFrom(...domains),
    source: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    sequence: bigints(0n, 2n ** 64n - 1n),
    timestamp_ns: bigints(0n, 2n ** 64n - 1n),
    checksum: fc.constantFrom("ok" as const, "absent" as const),
    tlvs: fc
      .tuple(tlvOf(layout), fc.array(fc.oneof(unknownTlv, ...vendorLayouts.map(tlvOf)), { maxLength: 2 }))
      .map(([event, companions]) => [event, ...companions]),
  });
}

export const anyMessage: fc.Arbitrary<MessageInit> = fc.oneof(
  ...LAYOUT_LIST.map(messageOf),
  messageOf(LAYOUT_LIST[0] as Layout).map((message) => ({
    ...message,
    domain: "execution" as const,
    tlvs: [],
  })),
);
