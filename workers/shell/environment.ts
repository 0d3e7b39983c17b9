/** All that the worker takes from its surroundings. main.ts gives it the browser's; tests give it a virtual world. */

export interface Answer {
  status: number;
  retry_after: string | null;
  text: string;
}

export interface Socket {
  send(text: string): void;
  /** At once, without a close handshake; nothing is heard of it afterwards. */
  close(): void;
}

export interface SocketHandlers {
  onText(text: string): void;
  onClosed(code: number, reason: string): void;
}

export interface Environment {
  /** ms since the Unix epoch on a clock that only goes forward, also while the machine sleeps. */
  now(): number;
  /** Calls once after `delay_ms`; returns the cancel. */
  after(delay_ms: number, call: () => void): () => void;
  /** Rejects when there is no answer, or `signal` aborts. */
  get(url: string, signal: AbortSignal): Promise<Answer>;
  open(url: string, handlers: SocketHandlers): Socket;
  /** 32 random bits. */
  seed(): number;
}
