/** What a problem+json body says went wrong; null for any other body. */
export function problemOf(text: string): string | null {
  try {
    const { detail, title } = JSON.parse(text) as { detail?: unknown; title?: unknown };
    const said = typeof detail === "string" ? detail : title;
    return typeof said === "string" ? said.slice(0, 200) : null;
  } catch {
    return null;
  }
}
