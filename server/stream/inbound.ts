/** From a client's text frame to a message of the contract, or to the reason why it is none. */
import { Compile, type Validator } from "typebox/compile";
import { CLIENT_MESSAGES, type ClientMessage, type ClientOp } from "../../protocol/stream/messages.ts";

export type Inbound =
  | { readonly kind: "message"; readonly message: ClientMessage }
  | { readonly kind: "refused"; readonly reason: "unknown_op" | "bad_message"; readonly detail: string };

/** What a refusal quotes of a path; a client may make a name as long as its frame. */
const MOST_QUOTED = 128;

const VALIDATORS = Object.fromEntries(
  Object.entries(CLIENT_MESSAGES).map(([op, schema]) => [op, Compile(schema)]),
) as Record<ClientOp, Validator>;

/** `detail` names the op and the field as a JSON pointer. */
export function readClientMessage(text: string): Inbound {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse("bad_message", `not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("bad_message", "a message is one JSON object");
  }
  const op = "op" in value ? value.op : undefined;
  if (typeof op !== "string") return refuse("bad_message", "/op: must be a string");
  if (!Object.hasOwn(VALIDATORS, op)) return refuse("unknown_op", `no op ${JSON.stringify(op.slice(0, 32))}`);
  const validator = VALIDATORS[op as ClientOp];
  if (!validator.Check(value)) return refuse("bad_message", `${op} ${firstError(validator, value)}`);
  return { kind: "message", message: value as ClientMessage };
}

function firstError(validator: Validator, value: unknown): string {
  const error = validator.Errors(value)[0];
  if (error === undefined) return "is against its schema";
  const unknownField = error.keyword === "boolean";
  return `${error.instancePath.slice(0, MOST_QUOTED) || "/"}: ${unknownField ? "no such field" : error.message}`;
}

function refuse(reason: "unknown_op" | "bad_message", detail: string): Inbound {
  return { kind: "refused", reason, detail };
}
