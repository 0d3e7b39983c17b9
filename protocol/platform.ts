/** The globals that Node and browsers share and that this room uses, with the types of what is used of them. */
interface Platform {
  TextEncoder: new () => { encode(text: string): Uint8Array };
  TextDecoder: new (label: "utf-8", options: { ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };
}

export const platform = globalThis as unknown as Platform;
