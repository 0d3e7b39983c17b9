export type { ChainSection } from "../../protocol/chain-section.ts";
