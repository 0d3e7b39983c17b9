/** For tests in virtual time: the server's end of a WebSocket that takes what it is given when the test says so. */
import { EventEmitter } from "node:events";
import { WebSocket } from "ws";
import type { ClientMessage, ServerMessage } from "../../protocol/stream/messages.ts";

export class FakeSocket extends EventEmitter {
  readyState: number = WebSocket.OPEN;
  bufferedAmount = 0;
  readonly frames: ServerMessage[] = [];
  pongs = 0;
  closedWith: number | null = null;
  /** Whether the peer reads: what is written is taken at once. */
  reads = true;
  #waiting: { readonly bytes: number; readonly taken: () => void }[] = [];

  /** As the WebSocket that the server takes it for. */
  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(data: string | Buffer, _options: object, taken: () => void): void {
    this.frames.push(JSON.parse(String(data)) as ServerMessage);
    this.#write(data.length, taken);
  }

  pong(data: Buffer, _mask: boolean, taken: () => void): void {
    this.pongs++;
    this.#write(data.length, taken);
  }

  close(code: number): void {
    if (this.readyState !== WebSocket.OPEN) return;
    this.readyState = WebSocket.CLOSING;
    this.closedWith = code;
    if (this.reads) this.end(code);
  }

  terminate(): void {
    this.end(1006);
  }

  /** The connection is gone. */
  end(code: number): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    this.emit("close", code, Buffer.alloc(0));
  }

  says(message: ClientMessage): void {
    this.emit("message", Buffer.from(JSON.stringify(message)), false);
  }

  /** The peer takes all that was written. */
  drain(): void {
    for (const { bytes, taken } of this.#waiting.splice(0)) {
      this.bufferedAmount -= bytes;
      taken();
    }
  }

  #write(bytes: number, taken: () => void): void {
    this.bufferedAmount += bytes;
    this.#waiting.push({ bytes, taken });
    if (this.reads) this.drain();
  }
}
