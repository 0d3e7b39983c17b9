/** The pages that are generated, and what generates them. */
import { limitsDocs } from "./limits.ts";
import { streamDocs } from "./stream.ts";
import { tlvDocs } from "./tlv.ts";

/** By path under the project's root. */
export const PAGES: Readonly<Record<string, () => string>> = {
  "docs/tlv.md": tlvDocs,
  "docs/reference/stream-v2.md": streamDocs,
  "docs/limits.md": limitsDocs,
};
