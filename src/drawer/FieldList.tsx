import { CopyButton } from "./CopyButton.tsx";
import styles from "./FieldList.module.css";
import { type Field, writeFields } from "./fields.ts";

interface FieldListProps {
  fields: Readonly<Record<string, Field>>;
  entity: object;
}

export function FieldList({ fields, entity }: FieldListProps) {
  return (
    <dl className={styles.list}>
      {writeFields(fields, entity).map(({ key, label, text, raw, mono, copy }) => (
        <div key={key} className={styles.field}>
          <dt>{label}</dt>
          <dd data-mono={mono || undefined}>
            <span>{text}</span>
            {raw !== null && raw !== text && <span className={styles.raw}>{raw}</span>}
            {copy !== null && <CopyButton text={copy} label={label} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}
