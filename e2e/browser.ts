/** How Debian's Chromium is started, for tests and soaks alike. */
import type { LaunchOptions } from "@playwright/test";

export const LAUNCH: LaunchOptions = {
  executablePath: "/usr/bin/chromium",
  // Scrollbars are there to be dragged.
  ignoreDefaultArgs: ["--hide-scrollbars"],
  // Without a GPU, requestAnimationFrame is a true 60 Hz; the rest keeps the browser off the network.
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export const VIEWPORT = { width: 1920, height: 1080 };
