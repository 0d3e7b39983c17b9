import styles from "./RawJson.module.css";

export function RawJson({ label, value }: { label: string; value: unknown }) {
  return (
    <details className={styles.raw}>
      <summary>{label}</summary>
      <pre tabIndex={0} aria-label={label}>
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  );
}
