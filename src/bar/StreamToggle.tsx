import { toggleStream, useLayout } from "../stores/layout.ts";
import { TEXT } from "../text.ts";
import styles from "./StreamToggle.module.css";

/** Opens and closes the Stream panel. */
export function StreamToggle() {
  const open = useLayout(({ stream }) => stream);
  return (
    <button
      type="button"
      className={styles.toggle}
      aria-pressed={open}
      title={TEXT.telemetry.toggleTitle}
      onClick={toggleStream}
    >
      {TEXT.telemetry.title}
    </button>
  );
}
