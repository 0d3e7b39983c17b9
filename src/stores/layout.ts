/** Which panels are on the screen. */
import { create } from "zustand";

/** `stream`: the Stream panel stands below the others; a narrow screen has it as a tab instead. */
export const useLayout = create<{ stream: boolean }>(() => ({ stream: false }));

export function toggleStream(): void {
  useLayout.setState(({ stream }) => ({ stream: !stream }));
}
