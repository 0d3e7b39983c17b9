import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import { CHANNEL_KINDS } from "../../protocol/stream/channels.ts";
import { ENTITY_SCHEMAS } from "../../protocol/stream/entities.ts";
import { CLIENT_MESSAGES, Problem, SERVER_MESSAGES, Snapshot } from "../../protocol/stream/messages.ts";
import { Problem as ServerProblem } from "../../server/http/problem.ts";
import { fieldRows, type Schema } from "./schema-fields.ts";
import {
  CLIENT_EXAMPLES,
  ENTITY_EXAMPLES,
  PROBLEM_EXAMPLE,
  SERVER_EXAMPLES,
  SNAPSHOT_EXAMPLE,
} from "./stream-examples.ts";

const SCHEMAS: Readonly<Record<string, Schema>> = {
  ...CLIENT_MESSAGES,
  ...SERVER_MESSAGES,
  ...ENTITY_SCHEMAS,
  Snapshot,
  Problem,
};
const EXAMPLES: Readonly<Record<string, object>> = {
  ...CLIENT_EXAMPLES,
  ...SERVER_EXAMPLES,
  ...ENTITY_EXAMPLES,
  Snapshot: SNAPSHOT_EXAMPLE,
  Problem: PROBLEM_EXAMPLE,
};

describe("docs/reference/stream-v2.md", () => {
  it.each(Object.entries(SCHEMAS))(
    "has an example of %s that is valid, and no field that the schema lacks",
    (name, schema) => {
      const example = EXAMPLES[name] ?? {};
      expect([...Compile(schema as object).Errors(example)]).toEqual([]);
      expect(Object.keys(schema.properties ?? {})).toEqual(expect.arrayContaining(Object.keys(example)));
    },
  );

  it("says of every message what it is for", () => {
    const silent = Object.entries({ ...CLIENT_MESSAGES, ...SERVER_MESSAGES, Snapshot, Problem })
      .filter(([, { description }]: [string, Schema]) => description === undefined)
      .map(([name]) => name);
    expect(silent).toEqual([]);
  });

  it("says what every field of an entity means, save those whose values say it", () => {
    const silent = CHANNEL_KINDS.flatMap((name) =>
      fieldRows(ENTITY_SCHEMAS[name], () => null)
        .filter(([, , , , meaning]) => meaning === "")
        .map(([field]) => `${name} ${field}`),
    );
    expect(silent).toEqual(["pool.main `kind`", "pool.state `kind`"]);
  });

  it("knows every member of a problem that the server writes", () => {
    const problem = new ServerProblem(409, "cursor: it is of another epoch", {
      field: "cursor",
      extra: { epoch: "e", head_seq: 1 },
    });
    const body = JSON.parse(problem.body()) as object;
    expect(Object.keys(body).toSorted()).toEqual(Object.keys(Problem.properties).toSorted());
    expect(Compile(Problem).Check(body)).toBe(true);
  });
});
