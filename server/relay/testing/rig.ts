/** For tests: a relay on a unix socket of its own, and peers that write any bytes and keep what they read. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StreamDecoder } from "../../../protocol/tlv/stream-decoder.ts";
import { isFromRelay, type Position, readNotice, readPosition } from "../control.ts";
import type { RelayCounts } from "../counts.ts";
import { type Listener, listen } from "../listen.ts";
import { Relay, type RelayOptions } from "../relay.ts";
import { bytesOf, numberOf } from "./messages.ts";

/** Lets the sockets work until the condition is met. */
export async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** So many readers have asked, and none can be given anything twice for having asked late. */
export async function untilAsked({ relay }: Pick<Rig, "relay">, requests = 1): Promise<void> {
  await until(() => (relay.counts().in.dropped["position"] ?? 0) >= requests);
}

const cleanups: (() => unknown)[] = [];

/** Has `cleanUp` do this too. */
export function atEnd(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** To be run after each test: newest first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

export function temporaryPath(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "mempulse-relay-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

export interface Rig {
  readonly relay: Relay;
  readonly path: string;
  readonly lines: string[];
  /** Connections taken so far. */
  taken(): number;
  /** As a process that is killed: no last word, nothing drained. */
  kill(): Promise<void>;
}

export async function startRelay(options: Partial<RelayOptions> & { path?: string } = {}): Promise<Rig> {
  const { path = temporaryPath("relay.sock"), ...own } = options;
  const lines: string[] = [];
  const relay = new Relay({ domain: "market_data", log: (line) => lines.push(line), ...own });
  const sockets: Socket[] = [];
  const accept = relay.accept.bind(relay);
  relay.accept = (socket, from) => {
    sockets.push(socket);
    accept(socket, from);
  };
  const listener: Listener = await listen(relay, { kind: "unix", path });
  const kill = async (): Promise<void> => {
    listener.close();
    for (const socket of sockets) socket.destroy();
    await relay.close();
  };
  cleanups.push(kill);
  return { relay, path, lines, taken: () => sockets.length, kill };
}

export class TestPeer {
  readonly socket: Socket;
  /** All whole messages that came, those of the relay itself among them. */
  readonly messages: Uint8Array[] = [];
  /** Those that are not, */
  readonly events: Uint8Array[] = [];
  /** and their numbers. */
  readonly numbers: number[] = [];
  readonly positions: Position[] = [];
  readonly notices: string[] = [];
  /** Sequences of keep-alives. */
  readonly keepAlives: number[] = [];
  readonly faults: string[] = [];
  bytes = 0;
  isClosed = false;

  constructor(path: string) {
    this.socket = connect({ path, allowHalfOpen: true });
    this.socket.on("error", () => {});
    this.socket.on("end", () => this.socket.end());
    this.socket.on("close", () => {
      this.isClosed = true;
    });
    const decoder = new StreamDecoder({
      onMessage: (view) => {
        const message = bytesOf(view);
        this.messages.push(message);
        const position = readPosition(view);
        const notice = readNotice(view);
        if (position !== null) this.positions.push(position);
        else if (notice !== null) this.notices.push(notice);
        else if (isFromRelay(view)) this.keepAlives.push(numberOf(message));
        else {
          this.events.push(message);
          this.numbers.push(numberOf(message));
        }
      },
      onFault: ({ error }) => this.faults.push(error),
    });
    this.socket.on("data", (chunk) => {
      this.bytes += chunk.length;
      decoder.push(chunk);
    });
    cleanups.push(() => this.socket.destroy());
  }

  write(...parts: Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }
}

/** The conservation law, of what came in and of what went out. */
export function isBalanced({ in: came, out }: RelayCounts): boolean {
  const refused = Object.values(came.dropped).reduce((sum, count) => sum + count, 0);
  return came.received === came.accepted + refused && out.received === out.forwarded + out.held + out.dropped;
}
