/** Options that several commands share: how a server listens and how a recording is paced. */
import { parseArgs } from "node:util";
import type { ReplayOptions } from "../sources/recording.ts";
import { usageError } from "./errors.ts";

export const LISTEN_OPTIONS = {
  host: { type: "string" },
  port: { type: "string" },
  "allow-host": { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;

export const LISTEN_USAGE = `  --host ADDRESS       address to bind (default 127.0.0.1)
  --port N             port (default 8080, or the next free one after it); 0 takes any free one
  --allow-host NAME    host name by which requests and pages may come, beside localhost; may be repeated
  --json               print one line {"url": "http://..."} on stdout when it listens
  --help               say this`;

export const REPLAY_OPTIONS = {
  speed: { type: "string" },
  rate: { type: "string" },
  loop: { type: "boolean" },
  "no-loop": { type: "boolean" },
} as const;

export const REPLAY_USAGE = `  --speed X            replay X times as fast as it was recorded (default 1)
  --rate N             replay at N transactions a second instead of the recorded rhythm
  --loop, --no-loop    begin anew at the end, each lap with new events`;

export const DEFAULT_PORT = 8080;
const MAX_RATE = 1_000_000;

interface ListenValues {
  host?: string | undefined;
  port?: string | undefined;
  "allow-host"?: string[] | undefined;
  json?: boolean | undefined;
}

export interface ListenOptions {
  readonly host?: string;
  readonly port: number;
  readonly nextFreePort: boolean;
  readonly allowHosts: readonly string[];
  readonly json: boolean;
}

export function readListenOptions(values: ListenValues): ListenOptions {
  return {
    ...(values.host === undefined ? {} : { host: values.host }),
    port: values.port === undefined ? DEFAULT_PORT : readPort(values.port),
    nextFreePort: values.port === undefined,
    allowHosts: values["allow-host"] ?? [],
    json: values.json ?? false,
  };
}

interface ReplayValues {
  speed?: string | undefined;
  rate?: string | undefined;
  loop?: boolean | undefined;
  "no-loop"?: boolean | undefined;
}

export function readReplayOptions(
  values: ReplayValues,
  loopByDefault: boolean,
): Pick<ReplayOptions, "pace" | "loop"> {
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
