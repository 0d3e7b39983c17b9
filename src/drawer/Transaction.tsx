/** The part of the drawer that the server fills: the row's transaction, its life cycle, the raw answer. */
import { transactions } from "../panels/transactions/index.ts";
import type { TransactionDetail } from "../stores/selection.ts";
import { TEXT } from "../text.ts";
import { FieldList } from "./FieldList.tsx";
import { LifeCycle } from "./LifeCycle.tsx";
import { lifeOf, poolEventsOf } from "./life.ts";
import { PoolEvents } from "./PoolEvents.tsx";
import { RawJson } from "./RawJson.tsx";
import styles from "./Transaction.module.css";

interface TransactionProps {
  transaction: TransactionDetail;
  /** The same transaction where the drawer shows its fields already. */
  known: object | null;
}

export function Transaction({ transaction, known }: TransactionProps) {
  switch (transaction.kind) {
    case "none":
      return null;
    case "asking":
      return (
        <section className={styles.section} aria-busy>
          <h3>{TEXT.drawer.transaction}</h3>
          <p>{TEXT.drawer.asking}</p>
        </section>
      );
    case "gone":
    case "error":
      return (
        <section className={styles.section}>
          <h3>{TEXT.drawer.transaction}</h3>
          <p className={styles[transaction.kind]}>
            {transaction.kind === "gone" ? TEXT.drawer.transactionGone : TEXT.drawer.transactionError}{" "}
            {transaction.reason}
          </p>
        </section>
      );
    case "found":
      return (
        <section className={styles.section}>
          <h3>{TEXT.drawer.transaction}</h3>
          <LifeCycle steps={lifeOf(transaction.detail)} />
          {known === null && <FieldList fields={transactions.fields} entity={transaction.detail} />}
          <PoolEvents ids={poolEventsOf(transaction.detail)} />
          <RawJson label={TEXT.drawer.rawTransaction} value={transaction.detail} />
        </section>
      );
  }
}
