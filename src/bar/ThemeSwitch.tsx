import { nextTheme, setTheme, type Theme, useTheme } from "../stores/theme.ts";
import { TEXT } from "../text.ts";
import styles from "./ThemeSwitch.module.css";

const GLYPH: Record<Theme, string> = { system: "◐", dark: "☾", light: "☀" };

export function ThemeSwitch() {
  const theme = useTheme((state) => state.theme);
  const next = nextTheme(theme);
  const label = TEXT.bar.themeNext(TEXT.bar.theme[theme], TEXT.bar.themeName[next]);
  return (
    <button
      type="button"
      className={styles.switch}
      title={label}
      aria-label={label}
      onClick={() => setTheme(next)}
    >
      <span aria-hidden>{GLYPH[theme]}</span>
    </button>
  );
}
