/**
 * Secrets stand in the environment: a URL names them as `${NAME}`. What looks like one in the file itself is refused, for
 * a file is copied, committed and shown.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

const PLACEHOLDER = /\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A part of a URL of so many letters and digits, both among them, is no word. */
const KEY = /^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}$/;

/** What is wrong, for the line that names the key. */
export class SecretError extends Error {}

/** The text with each `${NAME}` replaced. Throws SecretError that names what is not set, and shows no value. */
export function withEnvironment(text: string, env: Environment): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => {
    if (!NAME.test(name)) throw new SecretError(`\${${name.slice(0, 64)}} names no variable`);
    const value = env[name];
    if (value === undefined || value === "") throw new SecretError(`${name} is not set in the environment`);
    return value;
  });
}

/** Throws SecretError where the text itself, its placeholders aside, holds what looks like an access key. */
export function refuseLiteralKeys(text: string): void {
  // A placeholder ends a part as a slash does, and a host name is no secret.
  const [, authority = "", rest = text] = /^[a-z]+:\/\/([^/?#]*)(.*)$/i.exec(text) ?? [];
  const userinfo = authority.includes("@") ? authority.slice(0, authority.lastIndexOf("@")) : "";
  const literalPassword = /:./.test(userinfo.replaceAll(PLACEHOLDER, ""));
  const parts = rest.replaceAll(PLACEHOLDER, "/").split(/[/?#&=]/);
  if (literalPassword || parts.some((part) => KEY.test(part))) {
    throw new SecretError(
      `holds what looks like an access key; write \${NAME} in its place, and set NAME in the environment`,
    );
  }
}
