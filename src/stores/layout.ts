/** Which panels are on the screen. */
import { create } from "zustand";

interface Layout {
  /** The Stream panel stands below the others; a narrow screen has it as a tab instead. */
  stream: boolean;
  /** The panel that a group of tabs shows, by group; one that is not here shows its first. */
  shown: Readonly<Record<string, string>>;
}

export const useLayout = create<Layout>(() => ({ stream: false, shown: {} }));

export function toggleStream(): void {
  useLayout.setState(({ stream }) => ({ stream: !stream }));
}

export function showPanel(group: string, panel: string): void {
  useLayout.setState(({ shown }) => ({ shown: { ...shown, [group]: panel } }));
}
