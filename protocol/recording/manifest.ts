/** What stands in `NAME.json` beside a recording `NAME.tlv` or `NAME.tlv.gz`. */
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { ChainSections, checkChainSections } from "../chain-section.ts";

const UnixMs = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const RecordingManifest = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    /** What is to be seen in it, for a person who chooses one. */
    shows: Type.String(),
    chain_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** First and last time of the recording's clock. */
    from_unix_ms: UnixMs,
    to_unix_ms: UnixMs,
    /** Messages by the name of their event, `Unknown` for types without a table, `KeepAlive` for none. */
    messages: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
    /** Of the unpacked bytes, lower-case hex. */
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    /** What is known beforehand of its chains, where that is not in the built-in registry. */
    chains: Type.Optional(ChainSections),
  },
  { additionalProperties: false },
);
export type RecordingManifest = Static<typeof RecordingManifest>;

const validator = Compile(RecordingManifest);

/** Throws RangeError that names the field where the text is not a manifest. */
export function parseManifest(text: string): RecordingManifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw new RangeError(`manifest: not JSON: ${(error as SyntaxError).message}`);
  }
  if (!validator.Check(manifest)) {
    const [first] = validator.Errors(manifest);
    const field = first?.instancePath.slice(1).replaceAll("/", ".");
    throw new RangeError(`manifest: ${field ? `${field}: ` : ""}${first?.message ?? "not a manifest"}`);
  }
  try {
    checkChainSections(manifest.chains ?? []);
  } catch (error) {
    throw new RangeError(`manifest: ${(error as RangeError).message}`);
  }
  if (manifest.to_unix_ms < manifest.from_unix_ms)
    throw new RangeError("manifest: to_unix_ms: is before from_unix_ms");
  return manifest;
}
