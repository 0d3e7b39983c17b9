/** What a problem+json body says went wrong; null for any other body. */
export function problemOf(text: string): string | null {
  const { detail, title } = membersOf(text);
  const said = typeof detail === "string" ? detail : title;
  return typeof said === "string" ? said.slice(0, 200) : null;
}

/** The server's epoch, where it refuses a cursor; null where the body tells none. */
export function epochOf(text: string): string | null {
  const { epoch } = membersOf(text);
  return typeof epoch === "string" ? epoch : null;
}

function membersOf(text: string): { detail?: unknown; title?: unknown; epoch?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}
