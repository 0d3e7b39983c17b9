/** The built page, and the headers under which everything is served. */
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

const POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "font-src": "'self'",
  "worker-src": "'self'",
  // Old Safari does not count ws: as 'self'.
  "connect-src": "'self' ws: wss:",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

/** Opener and embedder policies isolate the page, so that it may measure the memory of page and worker. */
export const SECURITY_HEADERS = {
  "content-security-policy": Object.entries(POLICY)
    .map(([directive, value]) => `${directive} ${value}`)
    .join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Serves `directory`: hashed assets for ever, the rest to be asked for anew. */
export async function servePage(app: FastifyInstance, directory: string): Promise<void> {
  if (!existsSync(join(directory, "index.html"))) {
    app.get("/", () => {
      throw new Problem(404, "the page is not built here; `npm run build` builds it");
    });
    return;
  }
  await app.register(fastifyStatic, {
    root: directory,
    cacheControl: false,
    setHeaders(reply, path) {
      const hashed = path.startsWith(join(directory, "assets") + sep);
      reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}
