/** The worker's calls for components. Its value never changes, so it renders nothing anew. */
import { createContext, useContext } from "react";
import type { StreamCalls } from "./stream.ts";

export const StreamContext = createContext<StreamCalls | null>(null);

export function useStream(): StreamCalls {
  const calls = useContext(StreamContext);
  if (calls === null) throw new Error("useStream outside StreamContext");
  return calls;
}
