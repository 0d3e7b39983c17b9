/** Dark, light, or what the system says. Kept in localStorage where the browser allows it. */
import { create } from "zustand";

export const THEMES = ["system", "dark", "light"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "mempulse.theme";

export const useTheme = create<{ theme: Theme }>(() => ({ theme: "system" }));

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
}

/** Reads the kept choice and sets it before the first paint. */
export function restoreTheme(): void {
  setTheme(read());
}

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is full or forbidden: the choice lasts as long as the page.
  }
  useTheme.setState({ theme });
}

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}
