/**
 * The stream worker's entry: gives the runtime the browser's clock, timers, network and randomness, and the page the
 * runtime by Comlink. Nothing else in this folder touches them.
 */
import { expose } from "comlink";
import { forwardClock } from "../protocol/forward-clock.ts";
import type { StreamWorker } from "./api.ts";
import type { Environment } from "./shell/environment.ts";
import { Runtime } from "./shell/runtime.ts";

const browser: Environment = {
  now: forwardClock(
    () => Date.now(),
    () => performance.now(),
  ),
  after(delay_ms, call) {
    const timer = setTimeout(call, delay_ms);
    return () => clearTimeout(timer);
  },
  async get(url, signal) {
    const response = await fetch(url, { signal, cache: "no-store" });
    return {
      status: response.status,
      retry_after: response.headers.get("retry-after"),
      text: await response.text(),
    };
  },
  open(url, { onText, onClosed }) {
    const socket = new WebSocket(url);
    let wanted = true;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (wanted) onText(typeof data === "string" ? data : "");
    };
    socket.onclose = ({ code, reason }) => {
      if (wanted) onClosed(code, reason);
    };
    return {
      send(text) {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close() {
        wanted = false;
        socket.close();
      },
    };
  },
  seed: () => crypto.getRandomValues(new Uint32Array(1))[0]!,
};

expose(new Runtime(browser) satisfies StreamWorker);
