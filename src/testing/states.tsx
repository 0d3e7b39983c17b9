/**
 * The page on a fake worker, to look at any state without a server: `npx vite`, then
 * /src/testing/?state=reconnecting (a name of SCENARIOS). Not part of the build.
 */
import { expose, wrap } from "comlink";
import { createRoot } from "react-dom/client";
import type { StreamWorker } from "../../workers/api.ts";
import { App } from "../app/App.tsx";
import { restoreTheme } from "../stores/theme.ts";
import { StreamContext } from "../stream/context.ts";
import { startStream } from "../stream/stream.ts";
import { FakeWorker, isScenario } from "./fake-worker.ts";
import "../styles/tokens.css";
import "../styles/base.css";

restoreTheme();
const asked = new URLSearchParams(location.search).get("state") ?? "live";
const scenario = isScenario(asked) ? asked : "live";
const { port1, port2 } = new MessageChannel();
expose(new FakeWorker(scenario), port1);
const calls = wrap<StreamWorker>(port2);
startStream(calls, "http://127.0.0.1:4173");
createRoot(document.getElementById("root") as HTMLElement).render(
  <StreamContext value={calls}>
    <App />
  </StreamContext>,
);
