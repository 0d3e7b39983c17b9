/** Transactions before trading begins: many in a block, and none of them may fail. */
import { getContractAddress, type Hash, type Hex } from "viem";
import type { Call, Chain, Fee, Wallet } from "./chain.ts";

const SETUP_GAS = 8_000_000n;
const SETUP_FEE: Fee = { type: "eip1559", tip_gwei: 1, base_fee_share: 2 };
/** Chain time from one block to the next. */
export const SETUP_BLOCK_S = 1;

export class Setup {
  readonly #chain: Chain;
  readonly #sent: { what: string; hash: Promise<Hash> }[] = [];

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  send(from: Wallet, what: string, call: Omit<Call, "gas">): void {
    this.#sent.push({ what, hash: this.#chain.send(from, { ...call, gas: SETUP_GAS }, SETUP_FEE) });
  }

  /** The address that the contract will have. */
  deploy(from: Wallet, what: string, data: Hex): Hex {
    const address = getContractAddress({ from: from.address, nonce: BigInt(from.nonce) });
    this.send(from, what, { to: null, data });
    return address;
  }

  /** Mines what was sent. Throws where one of it did not succeed. */
  async mine(): Promise<void> {
    const sent = this.#sent.splice(0);
    const hashes = await Promise.all(sent.map(({ hash }) => hash));
    await this.#chain.mine(SETUP_BLOCK_S);
    const reverted = await this.#chain.revertedInHead();
    const failed = hashes.findIndex((hash) => reverted.has(hash));
    if (failed >= 0) throw new Error(`setting up the lab: ${sent[failed]?.what} was reverted`);
  }
}
