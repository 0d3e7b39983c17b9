/** Options that several commands share: how a server listens and how a recording is paced. */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { SERVER_LIMITS } from "../limits.ts";
import type { ServerOptions } from "../server.ts";
import type { ReplayOptions } from "../sources/recording.ts";
import { CliError, usageError } from "./errors.ts";

const LISTEN_OPTIONS = {
  host: { type: "string" },
  port: { type: "string" },
  "allow-host": { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;

export const LISTEN_USAGE = `  --host ADDRESS       address to bind (default 127.0.0.1)
  --port N             port (default 8080, or the next free one after it); 0 takes any free one
  --allow-host NAME    host name by which requests and pages may come, beside localhost; may be repeated
  --json               print one line {"url": "http://..."} on stdout when it listens
  --help               say this

MEMPULSE_RESUME_SECRET in the environment signs resume tokens (${SERVER_LIMITS.min_resume_secret_count} characters or more) in place of
a secret of this start's own. It matters to servers that share a log; each start of this command begins a log of its own, a
new epoch, from which clients bootstrap anew.`;

const REPLAY_OPTIONS = {
  speed: { type: "string" },
  rate: { type: "string" },
  loop: { type: "boolean" },
  "no-loop": { type: "boolean" },
} as const;

export const REPLAY_USAGE = `  --speed X            replay X times as fast as it was recorded (default 1)
  --rate N             replay at N transactions a second instead of the recorded rhythm
  --loop, --no-loop    begin anew at the end, each lap with new events`;

const SHARED_OPTIONS = { ...LISTEN_OPTIONS, ...REPLAY_OPTIONS, help: { type: "boolean" } } as const;

export const DEFAULT_PORT = 8080;
const MAX_RATE = 1_000_000;

export interface ListenOptions extends Pick<ServerOptions, "host" | "port" | "allowHosts" | "stream"> {
  readonly nextFreePort: boolean;
  readonly json: boolean;
}

/** Options of one command, each with a value. */
type OwnOptions = Readonly<Record<string, { readonly type: "string"; readonly multiple?: boolean }>>;
type OwnValues<O extends OwnOptions> = {
  readonly [K in keyof O]?: O[K] extends { readonly multiple: true } ? string[] : string;
};

export interface ServeArgs<O extends OwnOptions = OwnOptions> {
  readonly own: OwnValues<O>;
  readonly listen: ListenOptions;
  readonly replay: Pick<ReplayOptions, "pace" | "loop">;
}

/**
 * The arguments of a command that serves; `own` are those that no other has. `null`: help was asked for, and printed.
 * Throws CliError that names the option or the variable.
 */
export function readServeArgs<const O extends OwnOptions>(
  args: string[],
  command: { readonly own: O; readonly usage: string; readonly loopByDefault: boolean },
): ServeArgs<O> | null {
  const { values: own } = readArgs({ args, options: { ...command.own, ...SHARED_OPTIONS } });
  const values = own as SharedValues;
  if (values.help === true) {
    process.stdout.write(command.usage);
    return null;
  }
  return {
    own,
    listen: readListenOptions(values),
    replay: readReplayOptions(values, command.loopByDefault),
  };
}

interface SharedValues extends ListenValues, ReplayValues {
  help?: boolean | undefined;
}

interface ListenValues {
  host?: string | undefined;
  port?: string | undefined;
  "allow-host"?: string[] | undefined;
  json?: boolean | undefined;
}

function readListenOptions(values: ListenValues): ListenOptions {
  const resumeSecret = readSecret(process.env["MEMPULSE_RESUME_SECRET"]);
  return {
    ...(values.host === undefined ? {} : { host: values.host }),
    port: values.port === undefined ? DEFAULT_PORT : readPort(values.port),
    nextFreePort: values.port === undefined,
    allowHosts: values["allow-host"] ?? [],
    json: values.json ?? false,
    stream: resumeSecret === undefined ? {} : { resumeSecret },
  };
}

interface ReplayValues {
  speed?: string | undefined;
  rate?: string | undefined;
  loop?: boolean | undefined;
  "no-loop"?: boolean | undefined;
}

function readReplayOptions(values: ReplayValues, loopByDefault: boolean): ServeArgs["replay"] {
  if (values.speed !== undefined && values.rate !== undefined) {
    throw usageError("--rate: cannot stand beside --speed");
  }
  if (values.loop === true && values["no-loop"] === true) {
    throw usageError("--no-loop: cannot stand beside --loop");
  }
  return {
    pace:
      values.rate === undefined
        ? { kind: "speed", factor: readPositive("--speed", values.speed ?? "1") }
        : { kind: "rate", tx_per_s: readPositive("--rate", values.rate) },
    loop: values["no-loop"] === true ? false : (values.loop ?? loopByDefault),
  };
}

/** `parseArgs`, strict, with its errors as usage errors of one line. */
export const readArgs = ((config) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw usageError((error as Error).message.split("\n", 1)[0] as string);
  }
}) as typeof parseArgs;

function readSecret(secret: string | undefined): string | undefined {
  const least = SERVER_LIMITS.min_resume_secret_count;
  if (secret === undefined || secret.length >= least) return secret;
  throw new CliError(`MEMPULSE_RESUME_SECRET: has ${secret.length} characters; ${least} or more are needed`);
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw usageError(`--port: ${JSON.stringify(text)} is not a port (0 to 65535)`);
}

function readPositive(option: string, text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= MAX_RATE) return value;
  throw usageError(`${option}: ${JSON.stringify(text)} is not a number over 0 and up to ${MAX_RATE}`);
}

/** An option's number from `min` to `max`, or `fallback` where it was not given. Throws CliError that names the option. */
export function readNumber(
  option: string,
  text: string | undefined,
  { min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  if (text === undefined) return fallback;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw usageError(`${option}: ${JSON.stringify(text)} is not a number from ${min} to ${max}`);
}

/** Resolves at SIGINT or SIGTERM, or, without one, when `signal` is aborted. */
export async function stopSignal(signal: AbortSignal): Promise<void> {
  try {
    await Promise.race([once(process, "SIGINT", { signal }), once(process, "SIGTERM", { signal })]);
  } catch {
    // Aborted: nobody waits any more.
  }
}
