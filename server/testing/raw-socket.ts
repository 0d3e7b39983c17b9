/** For tests: a peer that writes any bytes, and reads the server's WebSocket frames byte by byte. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { RunningServer } from "../server.ts";

const HANDSHAKE_LINES = [
  "GET /dashboard/stream-v2 HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

interface FrameShape {
  readonly opcode?: number;
  readonly fin?: boolean;
  /** The bit that says "compressed". */
  readonly rsv1?: boolean;
  /** What the header says; default what there is. */
  readonly length?: number;
  readonly masked?: boolean;
}

/** A client's frame; by default a whole text frame, masked with zeros. */
export function frame(payload: string | Buffer, shape: FrameShape = {}): Buffer {
  const body = Buffer.from(payload as string);
  const { opcode = OPCODE.text, fin = true, rsv1 = false, length = body.length, masked = true } = shape;
  const bits = (masked ? 128 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  const head = [(fin ? 128 : 0) | (rsv1 ? 64 : 0) | opcode, bits];
  const size = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (size.length === 2) size.writeUInt16BE(length);
  if (size.length === 8) size.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([Buffer.from(head), size, Buffer.alloc(masked ? 4 : 0), body]);
}

export class RawSocket {
  readonly socket: Socket;
  /** All that came. */
  received = Buffer.alloc(0);
  readonly ended: Promise<unknown>;

  constructor(server: Pick<RunningServer, "url">) {
    this.socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("data", (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
    });
    this.ended = once(this.socket, "close");
  }

  write(bytes: string | Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Asks for a WebSocket, and waits for HELLO. */
  async upgrade(...headers: string[]): Promise<void> {
    this.write([...HANDSHAKE_LINES, ...headers, "", ""].join("\r\n"));
    while (!this.received.includes('"op":"HELLO"')) await once(this.socket, "data");
  }

  /** The server's close code, or null where it ended without one. Ends this end then. */
  async closeCode(): Promise<number | null> {
    for (;;) {
      const code = this.#closeCode();
      if (code !== null || this.socket.destroyed) {
        this.socket.destroy();
        return code;
      }
      await Promise.race([once(this.socket, "data"), this.ended]);
    }
  }

  #closeCode(): number | null {
    const head = this.received.indexOf("\r\n\r\n");
    for (let at = head + 4; head >= 0 && at + 2 <= this.received.length; ) {
      const short = this.received[at + 1] as number;
      const wide = short === 127 ? 8 : short === 126 ? 2 : 0;
      if (at + 2 + wide > this.received.length) return null;
      const length = wide === 0 ? short : this.received.readUIntBE(at + 2 + wide - 2, 2);
      const body = at + 2 + wide;
      if (((this.received[at] as number) & 15) === OPCODE.close) {
        return body + 2 <= this.received.length ? this.received.readUInt16BE(body) : null;
      }
      at = body + length;
    }
    return null;
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.ended;
  }
}
