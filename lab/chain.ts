/** The lab's hand on its node: wallets that count their own nonces, transactions, blocks when told. */
import {
  createTestClient,
  type Hash,
  type Hex,
  http,
  keccak256,
  type PrivateKeyAccount,
  publicActions,
  toBytes,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { LAB_CHAIN_ID } from "./node.ts";

const GWEI = 1_000_000_000n;
const CLIENT_BATCH_COUNT = 200;
const REQUEST_TIMEOUT_MS = 60_000;

/** A key of the lab's own, the same in every run. */
export class Wallet {
  readonly name: string;
  readonly account: PrivateKeyAccount;
  nonce = 0;

  constructor(name: string) {
    this.name = name;
    this.account = privateKeyToAccount(keccak256(toBytes(`mempulse lab: ${name}`)));
  }

  get address(): Hex {
    return this.account.address;
  }
}

export interface Call {
  /** Null deploys `data`. */
  readonly to: Hex | null;
  readonly data: Hex;
  readonly value?: bigint;
  /** Never estimated, so that what will fail is sent and mined all the same. */
  readonly gas: bigint;
}

/** What a sender pays: `tip_gwei` over the base fee, by the old or the new kind of transaction. */
export interface Fee {
  readonly type: "legacy" | "eip1559";
  readonly tip_gwei: number;
  /** Most it pays in all, in shares of the base fee. Below 1 it is not mined until the base fee has fallen. */
  readonly base_fee_share: number;
}

function feeFields(fee: Fee, baseFeeWei: bigint) {
  const tip = (BigInt(Math.round(fee.tip_gwei * 1000)) * GWEI) / 1000n;
  const most = (baseFeeWei * BigInt(Math.round(fee.base_fee_share * 1000))) / 1000n + tip;
  return fee.type === "legacy"
    ? ({ type: "legacy", gasPrice: most } as const)
    : ({ type: "eip1559", maxFeePerGas: most, maxPriorityFeePerGas: tip } as const);
}

function createClient(url: string) {
  const transport = http(url, {
    batch: { batchSize: CLIENT_BATCH_COUNT },
    retryCount: 0,
    timeout: REQUEST_TIMEOUT_MS,
  });
  return createTestClient({ mode: "anvil", transport, cacheTime: 0 }).extend(publicActions);
}

export type Client = ReturnType<typeof createClient>;

export class Chain {
  readonly client: Client;
  /** Of the last block; the next one's is this plus the lab's block time. */
  #unixS: number;
  /** Base fee of the block to come. */
  baseFeeWei: bigint;

  constructor(url: string, genesisUnixS: number, baseFeeWei: bigint) {
    this.client = createClient(url);
    this.#unixS = genesisUnixS;
    this.baseFeeWei = baseFeeWei;
  }

  /** Signs and sends; resolves when the node has taken it. `nonce` as given replaces a transaction that is pending. */
  async send(from: Wallet, call: Call, fee: Fee, nonce?: number): Promise<Hash> {
    const serializedTransaction = await from.account.signTransaction({
      chainId: LAB_CHAIN_ID,
      nonce: nonce ?? from.nonce++,
      to: call.to,
      data: call.data,
      value: call.value ?? 0n,
      gas: call.gas,
      ...feeFields(fee, this.baseFeeWei),
    });
    return this.client.sendRawTransaction({ serializedTransaction });
  }

  /** Chain time from which the next block counts; not before the last block's. */
  setTime(unixS: number): void {
    this.#unixS = Math.max(this.#unixS, unixS);
  }

  /** Base fee of the next block; those after it follow by EIP-1559's rule. */
  async setBaseFee(wei: bigint): Promise<void> {
    await this.client.setNextBlockBaseFeePerGas({ baseFeePerGas: wei });
    this.baseFeeWei = wei;
  }

  /** Mines what is pending into one block, whose time is `seconds` after the last. */
  async mine(seconds: number): Promise<void> {
    this.#unixS += seconds;
    await this.client.setNextBlockTimestamp({ timestamp: BigInt(this.#unixS) });
    await this.client.mine({ blocks: 1 });
    const history = await this.client.getFeeHistory({ blockCount: 1, rewardPercentiles: [] });
    this.baseFeeWei = history.baseFeePerGas.at(-1) ?? 0n;
  }

  /** Hashes of the last block's transactions that failed; in one request, for a node goes through the block for each. */
  async revertedInHead(): Promise<ReadonlySet<Hash>> {
    const receipts = await this.client.getBlockReceipts({ blockTag: "latest" });
    return new Set(
      receipts.filter(({ status }) => status !== "success").map(({ transactionHash }) => transactionHash),
    );
  }
}
