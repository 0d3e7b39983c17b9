/**
 * For tests: a real network between a collector and its node, with a network's faults. WebSocket messages pass through
 * it whole; below them are real TCP sockets, which it cuts in the middle of a frame, or leaves open and silent.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { WebSocket, WebSocketServer } from "ws";

/**
 * - `pass`: all that is sent arrives.
 * - `swallow`: half-open. Connections stand, new ones too, and nothing passes in either direction, no pong either.
 * - `refuse`: nobody there.
 */
export type ProxyMode = "pass" | "swallow" | "refuse";

interface Connection {
  readonly client: WebSocket;
  readonly tcp: Socket;
  readonly node: WebSocket;
  /** Of this connection alone: as `swallow`. */
  isFrozen: boolean;
  /** Subscriptions by what they are of; the request's id until the node has answered. */
  readonly subscriptions: Map<string, string>;
  readonly asked: Map<number, string>;
}

interface Rpc {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

export class NodeProxy {
  /** The node's URL; another after a restart. */
  target: string;
  mode: ProxyMode = "pass";
  /** Items of subscriptions do not pass, all else does. */
  isMute = false;
  /** Connections taken so far. */
  accepted = 0;
  readonly #front: TcpServer;
  readonly #http: Server;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();

  private constructor(target: string) {
    this.target = target;
    this.#http = createServer();
    const webSockets = new WebSocketServer({ server: this.#http, autoPong: false });
    webSockets.on("connection", (client, request) => this.#take(client, request.socket));
    this.#front = createTcpServer((socket) => {
      this.accepted += 1;
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
      if (this.mode === "refuse") socket.destroy();
      else if (this.mode === "swallow") socket.resume();
      else this.#http.emit("connection", socket);
    });
  }

  static async start(target: string): Promise<NodeProxy> {
    const proxy = new NodeProxy(target);
    proxy.#front.listen(0, "127.0.0.1");
    await once(proxy.#front, "listening");
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#front.address() as AddressInfo).port}`;
  }

  /** Ends every connection after half a frame. */
  cutMidFrame(): void {
    for (const { tcp } of this.#connections) {
      // A text frame of 126 bytes, of which a few come.
      tcp.write(Buffer.concat([Buffer.from([0x81, 0x7e, 0x00, 0x7e]), Buffer.from('{"jsonrpc":"2.0","me')]));
      tcp.end();
      setImmediate(() => tcp.destroy());
    }
  }

  /** The connections that stand go silent for good; new ones pass. */
  freeze(): void {
    for (const connection of this.#connections) connection.isFrozen = true;
  }

  /** Ends every connection at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Sends an item of a subscription (`logs`) that the node did not send. */
  inject(subscription: string, result: unknown): void {
    for (const { client, subscriptions } of this.#connections) {
      for (const [id, name] of subscriptions) {
        if (name !== subscription) continue;
        const params = { subscription: id, result };
        client.send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params }));
      }
    }
  }

  async stop(): Promise<void> {
    this.cut();
    for (const { node } of this.#connections) node.terminate();
    await new Promise<void>((closed) => this.#front.close(() => closed()));
  }

  #take(client: WebSocket, tcp: Socket): void {
    const node = new WebSocket(this.target, { perMessageDeflate: false });
    const connection: Connection = {
      client,
      tcp,
      node,
      isFrozen: false,
      subscriptions: new Map(),
      asked: new Map(),
    };
    this.#connections.add(connection);
    const early: Buffer[] = [];
    client.on("message", (data: Buffer) => {
      if (!this.#passes(connection)) return;
      this.#note(connection, data);
      if (node.readyState === WebSocket.OPEN) node.send(data, { binary: false });
      else early.push(data);
    });
    client.on("ping", (data) => {
      if (this.#passes(connection)) client.pong(data);
    });
    node.on("open", () => {
      for (const data of early.splice(0)) node.send(data, { binary: false });
    });
    node.on("message", (data: Buffer) => {
      if (this.#passes(connection) && !this.#withholds(connection, data))
        client.send(data, { binary: false });
    });
    const end = (): void => {
      // A half-open connection does not tell that its other end is gone.
      if (this.#passes(connection)) client.terminate();
      node.terminate();
    };
    node.on("error", end);
    node.on("close", end);
    client.on("error", end);
    client.on("close", () => {
      this.#connections.delete(connection);
      node.terminate();
    });
  }

  #passes({ isFrozen }: Connection): boolean {
    return this.mode !== "swallow" && !isFrozen;
  }

  /** Remembers what is subscribed to. */
  #note({ asked }: Connection, data: Buffer): void {
    const { id, method, params } = JSON.parse(data.toString()) as Rpc;
    if (method === "eth_subscribe" && id !== undefined) asked.set(id, String((params as unknown[])[0]));
  }

  #withholds({ asked, subscriptions }: Connection, data: Buffer): boolean {
    const message = JSON.parse(data.toString()) as Rpc | Rpc[];
    if (Array.isArray(message)) return false;
    if (message.method === "eth_subscription") return this.isMute;
    const name = message.id === undefined ? undefined : asked.get(message.id);
    if (name !== undefined && typeof message.result === "string") subscriptions.set(message.result, name);
    return false;
  }
}
