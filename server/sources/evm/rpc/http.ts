/** JSON-RPC over HTTP: one POST a request. */
import { hostOf, RPC_LIMITS, type Rpc, RpcError, resultOf, withoutKeys } from "./rpc.ts";
import { Turnstile } from "./turnstile.ts";

export class HttpRpc implements Rpc {
  readonly #url: URL;
  readonly #turnstile = new Turnstile(RPC_LIMITS.in_flight_count);
  #id = 0;

  constructor(url: URL) {
    this.#url = url;
  }

  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: ++this.#id, method, params });
    return resultOf(await this.#turnstile.pass(() => this.#post(method, body)), method, this.#url);
  }

  close(): void {
    // Nothing is held between requests.
  }

  async #post(method: string, body: string): Promise<unknown> {
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: AbortSignal.timeout(RPC_LIMITS.request_timeout_ms),
      });
      return JSON.parse(await boundedText(response)) as unknown;
    } catch (error) {
      throw new RpcError(`${method} at ${hostOf(this.#url)}: ${withoutKeys(reasonOf(error), this.#url)}`);
    }
  }
}

async function boundedText(response: Response): Promise<string> {
  if (!response.ok) throw new RpcError(`HTTP ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > RPC_LIMITS.max_answer_bytes) {
      throw new RpcError(`answer is over ${RPC_LIMITS.max_answer_bytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer in ${RPC_LIMITS.request_timeout_ms} ms`;
  // `fetch failed` says nothing; its cause does.
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}
