/** The page's start: theme, worker, stream, React; and the handle by which tests read the page. */
import { createRoot } from "react-dom/client";
import { createStreamWorker } from "../workers/handle.ts";
import { App } from "./app/App.tsx";
import { failStatus } from "./stores/status.ts";
import { restoreTheme } from "./stores/theme.ts";
import { StreamContext } from "./stream/context.ts";
import { installHandle } from "./stream/page-handle.ts";
import { chooseServer } from "./stream/server.ts";
import { startStream } from "./stream/stream.ts";
import "./styles/tokens.css";
import "./styles/base.css";

restoreTheme();
const { calls, ready } = createStreamWorker();
const choice = chooseServer(location.search, location.origin);
if ("error" in choice) {
  failStatus(location.origin, choice.error);
} else {
  startStream(calls, choice.server);
  ready.catch((error: Error) => failStatus(choice.server, error.message));
}
installHandle(calls);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StreamContext value={calls}>
    <App />
  </StreamContext>,
);
