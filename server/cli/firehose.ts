/** `mempulse firehose`: one connection to a trade firehose for any number of consumers. */
import { logToStderr } from "../log.ts";
import { Firehose } from "../sources/firehose/firehose.ts";
import { Listener } from "../sources/firehose/listener.ts";
import { KEY_VARIABLE, readFirehoseSpec } from "../sources/firehose/source.ts";
import { usageError } from "./errors.ts";
import { readArgs, stopSignal } from "./options.ts";

const CONSUMER_KEY_VARIABLE = "MEMPULSE_FIREHOSE_CONSUMER_KEY";

const USAGE = `usage: mempulse firehose --upstream WS_URL[#T.SYMBOL,...] [--listen HOST:PORT]

Takes trades from one WebSocket firehose and serves them to any number of consumers in the firehose's own protocol: auth,
subscribe, arrays of items. Runs until SIGINT or SIGTERM.

  --upstream WS_URL    the firehose, ws:// or wss://; after a # what to subscribe to (default T.*)
  --listen HOST:PORT   where consumers connect (default 127.0.0.1:0, any free port)
  --json               print one line {"url": "ws://..."} on stdout when it listens
  --help               say this

${KEY_VARIABLE} in the environment is the key for the upstream; ${CONSUMER_KEY_VARIABLE}, where it is set, the one that consumers
must authenticate with (any will do where it is not).
`;

/** How often the books are written to stderr. */
const REPORT_MS = 60_000;

export async function run(args: string[]): Promise<number> {
  const { values } = readArgs({
    args,
    options: {
      upstream: { type: "string" },
      listen: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values.upstream === undefined) throw usageError("--upstream: is needed; --help says more");
  const { host, port } = readListen(values.listen ?? "127.0.0.1:0");
  const firehose = new Firehose({ ...readFirehoseSpec(values.upstream, "--upstream"), log: logToStderr });
  const key = process.env[CONSUMER_KEY_VARIABLE] ?? null;
  const listener = new Listener({ firehose, host, port, key, log: logToStderr });
  const url = await listener.start();
  process.stdout.write(values.json === true ? `${JSON.stringify({ url })}\n` : `${url}\n`);

  const aborter = new AbortController();
  const stopped = stopSignal(aborter.signal);
  const report = setInterval(() => reportAccounts(firehose), REPORT_MS);
  try {
    await Promise.race([firehose.run(), stopped]);
    return 0;
  } finally {
    clearInterval(report);
    aborter.abort();
    firehose.stop();
    await listener.stop();
  }
}

function reportAccounts(firehose: Firehose): void {
  for (const { name, matched, forwarded, received_per_s, forwarded_per_s } of firehose.accounts()) {
    logToStderr(
      `firehose: ${Math.round(received_per_s)}/s received, ${Math.round(forwarded_per_s)}/s to ${name}; ` +
        `of ${matched} that matched ${forwarded} were forwarded`,
    );
  }
}

function readListen(text: string): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535) throw usageError(`--listen: ${JSON.stringify(text)} is not HOST:PORT`);
  return { host: (parts[1] ?? parts[2]) as string, port };
}
