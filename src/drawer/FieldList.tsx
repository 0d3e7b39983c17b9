import { CopyButton } from "./CopyButton.tsx";
import styles from "./FieldList.module.css";
import { type Field, type WrittenField, writeFields } from "./fields.ts";

interface FieldListProps {
  fields: Readonly<Record<string, Field>>;
  entity: object;
}

export function FieldList({ fields, entity }: FieldListProps) {
  return <Written fields={writeFields(fields, entity)} />;
}

function Written({ fields }: { fields: readonly WrittenField[] }) {
  return (
    <dl className={styles.list}>
      {fields.map(({ key, label, text, raw, mono, copy, inner }) => (
        <div key={key} className={styles.field}>
          <dt>{label}</dt>
          <dd data-mono={mono || undefined} data-record={isRecord(inner) || undefined}>
            {text !== "" && <span>{text}</span>}
            {raw !== null && raw !== text && <span className={styles.raw}>{raw}</span>}
            {copy !== null && <CopyButton text={copy} label={label} />}
            {isRecord(inner) ? <Written fields={inner} /> : inner !== null && <Items items={inner} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The same words may stand twice: an item is known by its words and how often they stood before it. */
function Items({ items }: { items: readonly string[] }) {
  const seen = new Map<string, number>();
  return (
    <ul className={styles.items}>
      {items.map((item) => {
        const times = (seen.get(item) ?? 0) + 1;
        seen.set(item, times);
        return <li key={`${item} ${times}`}>{item}</li>;
      })}
    </ul>
  );
}

function isRecord(inner: WrittenField["inner"]): inner is readonly WrittenField[] {
  return typeof inner?.[0] === "object";
}
