/** Which server the page streams from: its own origin, or `?server=http://host:port` in development. */
export type ServerChoice = { server: string } | { error: string };

export function chooseServer(search: string, origin: string): ServerChoice {
  const asked = new URLSearchParams(search).get("server");
  if (asked === null) return { server: origin };
  if (!URL.canParse(asked)) return { error: `?server=${asked} is not a URL` };
  const url = new URL(asked);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { error: `?server=${asked} is not an http or https URL` };
  }
  return { server: url.origin };
}
