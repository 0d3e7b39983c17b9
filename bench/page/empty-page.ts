/** The least that a page with a worker can be: the worker posts a number, the page shows it in one text node. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** No multiple of a frame's time, so that posts come at every point of a frame. */
const INTERVAL_MS = 37;

/** It answers as the dashboard does, so that the same probe measures both. */
const PAGE = `<!doctype html>
<title>Empty</title>
<p></p>
<script>
  const text = document.querySelector("p");
  const frames = new MessageChannel();
  const paint = new MessageChannel();
  frames.port1.onmessage = ({ data }) => {
    text.textContent = data.frame;
    requestAnimationFrame(() => paint.port2.postMessage(data.frame));
  };
  paint.port1.onmessage = ({ data: frame }) =>
    frames.port1.postMessage({ frame, commit_ms: 0, painted_ms: performance.timeOrigin + performance.now() });
  new Worker("worker.js").postMessage(null, [frames.port2]);
</script>
`;

const WORKER = `onmessage = ({ ports: [port] }) => {
  let frame = 0;
  setInterval(
    () => port.postMessage({ frame: ++frame, received_ms: performance.timeOrigin + performance.now() }),
    ${INTERVAL_MS},
  );
};
`;

/** What its probe waits for. */
export const EMPTY_PAGE_ROW = "p:not(:empty)";

export interface EmptyPage {
  url: string;
  close(): void;
}

export async function serveEmptyPage(): Promise<EmptyPage> {
  const server = createServer(({ url }, response) => {
    const [type, body] = url === "/worker.js" ? ["text/javascript", WORKER] : ["text/html", PAGE];
    response.setHeader("content-type", type).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
