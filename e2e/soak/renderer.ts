/** Memory of the process that draws the page, as the operating system counts it. */
import { readFile } from "node:fs/promises";
import type { Browser } from "@playwright/test";

export interface ProcessMemory {
  /** Resident, with what is shared with other processes. */
  rss_mb: number;
  /** Resident and its own: heaps, buffers, stacks. */
  private_mb: number;
}

/** The tab's renderer: of the browser's renderers the one that has worked most. Ask when the page has run for a while. */
export async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const [busiest] = processInfo
    .filter(({ type }) => type === "renderer")
    .toSorted((a, b) => b.cpuTime - a.cpuTime);
  if (busiest === undefined) throw new Error("the browser has no renderer");
  return busiest.id;
}

/** From /proc, which costs the process nothing. Throws when the process has ended. */
export async function memoryOf(pid: number): Promise<ProcessMemory> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  return { rss_mb: field("VmRSS"), private_mb: field("RssAnon") };
}
