/** How many TCP connections there may be at once, whether or not they say anything. */
import type { Server } from "node:net";
import { AddressCounts } from "../address-counts.ts";
import { SERVER_LIMITS } from "../limits.ts";

/** Those over the cap of all, or over `mostPerAddress`, are dropped unheard. */
export function capConnections(server: Server, mostPerAddress: number): void {
  const byAddress = new AddressCounts();
  server.maxConnections = SERVER_LIMITS.max_connections_count;
  server.on("connection", (socket) => {
    const { remoteAddress = "" } = socket;
    if (byAddress.of(remoteAddress) >= mostPerAddress) {
      socket.destroy();
      return;
    }
    byAddress.add(remoteAddress);
    socket.once("close", () => byAddress.remove(remoteAddress));
  });
}
