/** A chip a chain: its head, the age of that block in event time, its base fee. What has no room folds into "+N". */
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ColumnId, ViewRow, ViewSpec } from "../../workers/api.ts";
import { showPanel } from "../stores/layout.ts";
import { useStream } from "../stream/context.ts";
import { useView } from "../table/useView.ts";
import { TEXT } from "../text.ts";
import { ChainChip, chainTitle } from "./ChainChip.tsx";
import styles from "./Chains.module.css";

/** Chains that the widest bar has room for; the Chains panel has them all. */
const MOST = 8;
const COLUMNS = ["chain", "head", "collector"] as const satisfies readonly ColumnId[];
const SPEC: ViewSpec = {
  channel: "chain.main",
  columns: COLUMNS,
  sort: { column: "chain", direction: "asc" },
  filter: "",
};
const VIEW = "bar-chains";

export function Chains() {
  const calls = useStream();
  const frame = useView(VIEW, SPEC);
  useEffect(() => {
    void calls.setRange(VIEW, { start: 0, end: MOST });
  }, [calls]);
  const rows = frame?.rows.slice(0, MOST) ?? [];
  const [line, shown] = useFirstLine(rows);
  const folded = (frame?.total ?? 0) - shown;
  return (
    <div className={styles.chains}>
      <div ref={line} className={styles.line}>
        {rows.map((row) => (
          <ChainChip key={row.id} row={row} />
        ))}
      </div>
      {folded > 0 && (
        <button
          type="button"
          className={styles.more}
          title={TEXT.bar.moreChains(rows.slice(shown).map(({ id }) => chainTitle(id)))}
          onClick={() => showPanel("opportunities", "chains")}
        >
          {TEXT.bar.more(folded)}
        </button>
      )}
    </div>
  );
}

/** How many chips stand on the first line: the others have wrapped out of sight, whole. */
function useFirstLine(rows: readonly ViewRow[]) {
  const line = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(0);
  const ids = rows.map(({ id }) => id).join(" ");
  // Other chains are other elements, also where they are as many.
  useLayoutEffect(() => {
    const element = line.current;
    if (element === null) return;
    const measure = () => {
      const top = element.offsetTop;
      setShown([...element.children].filter((chip) => (chip as HTMLElement).offsetTop === top).length);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const chip of element.children) observer.observe(chip);
    measure();
    return () => observer.disconnect();
  }, [ids]);
  return [line, shown] as const;
}
