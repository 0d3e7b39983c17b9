import styles from "./Logo.module.css";

export function Logo() {
  return (
    <svg className={styles.logo} viewBox="0 0 24 24" width="20" height="20" aria-hidden>
      <path d="M1.500 13h5l2.500-8 5 14 2.500-6h6" />
    </svg>
  );
}
