import { count } from "../format.ts";
import { TEXT } from "../text.ts";
import styles from "./FollowButton.module.css";

interface FollowButtonProps {
  following: boolean;
  /** Rows that came in since the table stopped following. */
  newer: number;
  onResume(): void;
}

/** Says whether the newest rows come in, and how many wait; goes back to them. Its place never changes its width. */
export function FollowButton({ following, newer, onResume }: FollowButtonProps) {
  if (following) {
    return (
      <span className={styles.following} title={TEXT.table.followingTitle}>
        {TEXT.table.following}
      </span>
    );
  }
  return (
    <button type="button" className={styles.newer} title={TEXT.table.newerTitle} onClick={onResume}>
      {newer === 0 ? TEXT.table.held : TEXT.table.newer(count(newer))}
    </button>
  );
}
