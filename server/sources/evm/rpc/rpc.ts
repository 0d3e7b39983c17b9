/** JSON-RPC to an Ethereum node. Errors name the method and the node, without what an access key may hide in. */
export const RPC_LIMITS = {
  /** No answer within this is an error. */
  request_timeout_ms: 10_000,
  /** Requests sent and unanswered; more wait their turn. */
  in_flight_count: 128,
  /** Largest answer: a full block with receipts has a few MB. */
  max_answer_bytes: 67_108_864,
} as const;

export class RpcError extends Error {
  /** The node's own code; null where there was no answer. */
  readonly code: number | null;

  constructor(message: string, code: number | null = null) {
    super(message);
    this.name = "RpcError";
    this.code = code;
  }
}

export interface Rpc {
  /** The `result`. Rejects with RpcError when the node refuses, does not answer in time, or is gone. */
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  close(): void;
}

/** Throws RpcError that says what is wrong with the URL. */
export function parseRpcUrl(
  text: string,
  protocols: readonly string[] = ["ws:", "wss:", "http:", "https:"],
): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && protocols.includes(url.protocol)) return url;
  const wanted = protocols.map((protocol) => `${protocol}//HOST`).join(" or ");
  throw new RpcError(
    `expected a node's URL, ${wanted}, got ${JSON.stringify(url === null ? text : hostOf(url))}`,
  );
}

/** A URL as it may be shown: its path and query may hold an access key. */
export function hostOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

/** The `result` of a JSON-RPC answer, or its error thrown. */
export function resultOf(answer: unknown, method: string, host: string): unknown {
  const { error, result } = (answer ?? {}) as { error?: unknown; result?: unknown };
  if (error === undefined || error === null) {
    if (result === undefined) throw new RpcError(`${method} at ${host}: answer has neither result nor error`);
    return result;
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === "string" ? message.slice(0, 200) : "refused";
  throw new RpcError(`${method} at ${host}: ${text}`, typeof code === "number" ? code : null);
}
