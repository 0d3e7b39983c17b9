import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readServeArgs } from "./options.ts";
import { run } from "./serve.ts";

const bundled = resolve(import.meta.dirname, "..", "..", "recordings", "lab.tlv.gz");

beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it.each([
  ["", 2, /^--source: is needed/],
  ["--source x --port abc", 2, /^--port: "abc" is not a port/],
  ["--sourc x", 2, /'--sourc'/],
  ["--source nowhere.tlv", 1, /^nowhere\.tlv: no such file$/],
  ["--source rpc:http://127.0.0.1:1", 2, /^--source: expected a node's URL, .* got http:/],
  ["--source wss://h/key", 2, /^--source: a bare URL; rpc:URL is [a-zA-Z, ]*firehose:URL [a-z ]*$/],
  ["--source rpc:wss://h:99999/key", 2, /^--source: expected a node's URL, .* got none$/],
  [
    `--source ${bundled} --source rpc:ws://127.0.0.1:1`,
    2,
    /^--source: .*\.tlv.* is a recording, .* stands alone$/,
  ],
])("`serve %s` fails in one line", async (args, exitCode, line) => {
  const error = await run(args.split(" ").filter(Boolean)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "CliError", exitCode, message: expect.stringMatching(line) as string });
});

it.each(["", "x".repeat(31)])(
  "R2 a resume secret of too few characters is named, and nothing is served: %j",
  async (secret) => {
    vi.stubEnv("MEMPULSE_RESUME_SECRET", secret);
    const error = await run(["--source", "nowhere.tlv"]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "CliError",
      message: `MEMPULSE_RESUME_SECRET: has ${secret.length} characters; 32 or more are needed`,
    });
  },
);

it("R2 a resume secret of 32 characters will do", async () => {
  vi.stubEnv("MEMPULSE_RESUME_SECRET", "x".repeat(32));
  expect(readServeArgs([], { own: {}, usage: "", loopByDefault: false })?.listen.stream).toEqual({
    resumeSecret: "x".repeat(32),
  });
});

it("a node that refuses is named, and the server that waited for it is closed", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as { port: number };
  closed.close();
  await once(closed, "close");
  const error = await run(["--source", `rpc:ws://127.0.0.1:${port}`, "--port", "0", "--json"]).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: "CliError", exitCode: 1 });
  expect((error as Error).message).toContain(`ws://127.0.0.1:${port}`);
  const [line] = vi.mocked(process.stdout.write).mock.calls[0] ?? [];
  const { url } = JSON.parse(String(line)) as { url: string };
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});
