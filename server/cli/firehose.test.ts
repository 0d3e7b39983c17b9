import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Feed, KEY, tradeItem } from "../sources/firehose/testing/feed.ts";

const MEMPULSE = resolve(import.meta.dirname, "..", "..", "bin", "mempulse.mjs");

let feed: Feed;
let children: ChildProcess[] = [];

beforeEach(async () => {
  feed = await Feed.start();
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  await feed.stop();
});

function start(args: string[], key: string | undefined) {
  const env = { ...process.env, MEMPULSE_FIREHOSE_KEY: key };
  const child = spawn(process.execPath, [MEMPULSE, "firehose", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

it("serves an upstream to a consumer, and ends by SIGTERM", async () => {
  const child = start(["--upstream", feed.url.href, "--json"], KEY);
  const ended = once(child, "close");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  await feed.subscribers(1);
  const consumer = new WebSocket((JSON.parse(line) as { url: string }).url);
  const items: Record<string, unknown>[] = [];
  const trade = new Promise<void>((resolveTrade) => {
    consumer.on("message", (data: Buffer) => {
      for (const item of JSON.parse(data.toString()) as Record<string, unknown>[]) {
        items.push(item);
        if (item["status"] === "auth_success") {
          consumer.send(JSON.stringify({ action: "subscribe", params: "T.TSLA" }));
        } else if (item["status"] === "success") feed.push(tradeItem(1), tradeItem(2, { sym: "AAPL" }));
        else if (item["ev"] === "T") resolveTrade();
      }
    });
  });
  await once(consumer, "open");
  consumer.send(JSON.stringify({ action: "auth", params: "anything" }));
  await trade;
  expect(items.filter(({ ev }) => ev === "T")).toEqual([tradeItem(1)]);
  child.kill("SIGTERM");
  expect((await ended)[0]).toBe(0);
});

it("a key that is refused, or none, is one line and an exit code, and the key is in neither", async () => {
  const refused = start(["--upstream", feed.url.href], "a-wrong-key");
  const [stderr, [code]] = await Promise.all([
    text(refused.stderr),
    once(refused, "close") as Promise<[number]>,
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain("the key was refused");
  expect(stderr).not.toContain("a-wrong-key");
  const keyless = start(["--upstream", feed.url.href], undefined);
  const [words, [status]] = await Promise.all([
    text(keyless.stderr),
    once(keyless, "close") as Promise<[number]>,
  ]);
  expect(status).toBe(2);
  expect(words).toBe("mempulse firehose: --upstream: MEMPULSE_FIREHOSE_KEY is not set\n");
});
