/** The `mempulse` command: one line a subcommand; each is a file of its own with `run(args): Promise<exit code>`. */
import { CliError } from "./errors.ts";

interface Command {
  run(args: string[]): Promise<number>;
}

const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  collect: { summary: "live sources into a relay", load: () => import("./collect.ts") },
  decode: { summary: "TLV messages to NDJSON", load: () => import("./decode.ts") },
  encode: { summary: "NDJSON back to TLV messages", load: () => import("./encode.ts") },
  firehose: { summary: "one trade firehose for many consumers", load: () => import("./firehose.ts") },
  import: { summary: "logs, blocks and transactions to a recording", load: () => import("./import.ts") },
  record: { summary: "a live node to a recording", load: () => import("./record.ts") },
  relay: {
    summary: "TLV messages passed on from producers to consumers",
    load: () => import("./relay.ts"),
  },
  serve: {
    summary: "a recording or a live node, served with the dashboard",
    load: () => import("./serve.ts"),
  },
};

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length), 0);
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `usage: mempulse COMMAND [OPTIONS]\n\n${lines.join("\n")}\n\nmempulse COMMAND --help says more.\n`;
}

/** Runs one command line; errors become one line on stderr. Exit codes: 0 ok, 1 failed, 2 wrong usage. */
export async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`mempulse: unknown command "${name}"; mempulse --help lists them\n`);
    return 2;
  }
  try {
    return await (await command.load()).run(args);
  } catch (error) {
    if (error instanceof CliError) {
      process.stderr.write(`mempulse ${name}: ${error.message}\n`);
      return error.exitCode;
    }
    throw error;
  }
}
