/** Schemas and their validators are the server's and the tests': page and worker take the types alone, and stay small. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const IMPORT = /^(?:import|export) (?!type\b)[^;]*?from "([^"]+)";/gm;

it.each(["src", "workers"])("%s imports no schema but as a type", (room) => {
  const files = readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|\btesting\b/.test(file),
  );
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((file) =>
    Array.from(readFileSync(join(ROOT, room, file), "utf8").matchAll(IMPORT), ([, from = ""]) => from)
      .filter((from) => /^typebox|stream\/(messages|entities)\.ts$/.test(from))
      .map((from) => `${room}/${file}: ${from}`),
  );
  expect(found).toEqual([]);
});
