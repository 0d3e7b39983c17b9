/** A schema's fields as rows of a table. Throws on a schema that it cannot say in words. */

/** What is read of a JSON schema, as TypeBox writes it. */
export interface Schema {
  type?: string;
  const?: unknown;
  enum?: readonly string[];
  anyOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  patternProperties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  pattern?: string;
  description?: string;
}

/** Name, type, bounds, required, meaning. */
export type FieldRow = readonly [
  name: string,
  type: string,
  bounds: string,
  required: string,
  meaning: string,
];

/** Names the schemas that have a table of their own: their fields are not listed again. */
export type LinkOf = (schema: Schema) => string | null;

/** Inner fields follow theirs: `limits.max_credit`, `upsert[].id`, `channels.NAME.seq`. */
export function fieldRows(schema: Schema, linkOf: LinkOf, path = ""): FieldRow[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, field]) => [
    row(`${path}${name}`, field, required.includes(name), linkOf),
    ...innerRows(`${path}${name}`, withoutNull(field).schema, linkOf),
  ]);
}

function row(name: string, field: Schema, isRequired: boolean, linkOf: LinkOf): FieldRow {
  const { schema, isNullable } = withoutNull(field);
  const type = `${linkOf(schema) ?? typeName(schema)}${isNullable ? " or null" : ""}`;
  const meaning = field.description ?? schema.description ?? "";
  return [`\`${name}\``, type, boundsOf(schema), isRequired ? "yes" : "no", meaning];
}

function innerRows(name: string, schema: Schema, linkOf: LinkOf): FieldRow[] {
  if (linkOf(schema) !== null) return [];
  if (schema.properties !== undefined) return fieldRows(schema, linkOf, `${name}.`);
  if (schema.items?.properties !== undefined && linkOf(schema.items) === null)
    return fieldRows(schema.items, linkOf, `${name}[].`);
  const value = valueOf(schema);
  return value?.properties === undefined || linkOf(value) !== null
    ? []
    : fieldRows(value, linkOf, `${name}.CHANNEL.`);
}

function withoutNull(field: Schema): { schema: Schema; isNullable: boolean } {
  const others = field.anyOf?.filter(({ type }) => type !== "null") ?? [];
  const [only] = others;
  return only !== undefined && others.length === 1 && field.anyOf?.length === 2
    ? { schema: only, isNullable: true }
    : { schema: field, isNullable: false };
}

function valueOf(schema: Schema): Schema | undefined {
  return Object.values(schema.patternProperties ?? {})[0];
}

function typeName(schema: Schema): string {
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(", ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeName).join(", ");
  if (schema.items !== undefined) return `array of ${typeName(schema.items)}s`;
  const value = valueOf(schema);
  if (value !== undefined) return `object: ${typeName(value)} by channel`;
  if (schema.type === undefined) throw new Error(`no words for the schema ${JSON.stringify(schema)}`);
  return schema.type;
}

function literal(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}

/** Of the field, and of what it holds where that is no object with fields of its own. */
function boundsOf(schema: Schema): string {
  const inner = schema.items ?? valueOf(schema);
  return [
    ...ownBounds(schema),
    ...(inner === undefined ? [] : ownBounds(inner).map((bound) => `each ${bound}`)),
  ].join("; ");
}

function ownBounds({ minimum, maximum, maxLength, maxItems, maxProperties, pattern }: Schema): string[] {
  return [
    ...(minimum === undefined ? [] : [range(minimum, maximum)]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems}`]),
    ...(maxProperties === undefined ? [] : [`at most ${maxProperties} channels`]),
    ...(pattern === undefined ? [] : [`\`${pattern}\``]),
  ];
}

function range(minimum: number, maximum: number | undefined): string {
  if (maximum === undefined) return `${minimum} or more`;
  return `${minimum} to ${maximum === Number.MAX_SAFE_INTEGER ? "2^53 - 1" : maximum}`;
}
