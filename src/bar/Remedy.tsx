import { useStatusAt } from "../stores/statusAt.ts";
import { useStream } from "../stream/context.ts";
import { TEXT } from "../text.ts";
import { pillState, remedy } from "./connection.ts";
import styles from "./Remedy.module.css";

/** The one thing that a user can do about a broken stream, beside the pill that says so. */
export function Remedy() {
  const calls = useStream();
  const what = useStatusAt((status, now) => remedy(pillState(status, now)));
  if (what === null) return null;
  return (
    <button
      type="button"
      className={styles.remedy}
      title={what === "retry" ? TEXT.connection.retryTitle : TEXT.connection.reloadTitle}
      onClick={() => (what === "retry" ? void calls.retry() : location.reload())}
    >
      {TEXT.connection[what]}
    </button>
  );
}
