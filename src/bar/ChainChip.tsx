import { useEffect, useState } from "react";
import type { ChainEntity } from "../../protocol/stream/entities.ts";
import type { ColumnId, ViewRow, ViewSpec } from "../../workers/api.ts";
import { age, scaled, utc } from "../format.ts";
import { useStatusAt } from "../stores/statusAt.ts";
import { useStream } from "../stream/context.ts";
import { useView } from "../table/useView.ts";
import { TEXT } from "../text.ts";
import styles from "./ChainChip.module.css";

/** Chains that the bar has room for; the Chains panel has them all. */
const SHOWN = 3;
const COLUMNS = ["chain", "head"] as const satisfies readonly ColumnId[];
const SPEC: ViewSpec = {
  channel: "chain.main",
  columns: COLUMNS,
  sort: { column: "chain", direction: "asc" },
  filter: "",
};
const VIEW = "bar-chains";

/** A chip a chain: its head, the age of that block in event time, its base fee. */
export function ChainChip() {
  const calls = useStream();
  const frame = useView(VIEW, SPEC);
  useEffect(() => {
    void calls.setRange(VIEW, { start: 0, end: SHOWN });
  }, [calls]);
  return frame?.rows.slice(0, SHOWN).map((row) => <Chip key={row.id} row={row} />);
}

function Chip({ row }: { row: ViewRow }) {
  const entity = useChain(row);
  const [chain, head] = row.cells;
  return (
    <span className={styles.chip} data-testid="chain-head">
      <span>{TEXT.bar.chain(chain?.text ?? row.id)}</span>
      <b>{head?.text ?? TEXT.bar.noHead}</b>
      {entity !== null && entity.block_unix_ms !== null && <BlockAge blockTime={entity.block_unix_ms} />}
      {entity !== null && entity.base_fee_wei !== null && <BaseFee wei={entity.base_fee_wei} />}
    </span>
  );
}

/** In event time, so that a recording's block is as old as it was, and stands still where the stream does. */
function BlockAge({ blockTime }: { blockTime: number }) {
  const seconds = useStatusAt((status) =>
    Math.floor(Math.max(0, (status?.event_unix_ms ?? 0) - blockTime) / 1000),
  );
  return (
    <span className={styles.age} title={TEXT.bar.ageTitle(utc(blockTime))}>
      {TEXT.bar.age(age(seconds * 1000))}
    </span>
  );
}

function BaseFee({ wei }: { wei: string }) {
  const exact = scaled(wei, 9);
  return <span title={`${exact} gwei`}>{TEXT.bar.baseFee(Number(exact).toFixed(2))}</span>;
}

/** The chain as numbers, of which the row has but texts: asked of the worker when the head changes. */
function useChain(row: ViewRow): ChainEntity | null {
  const calls = useStream();
  const [entity, setEntity] = useState<ChainEntity | null>(null);
  const head = row.cells[1]?.text;
  useEffect(() => {
    let current = true;
    void calls.entity("chain.main", row.id).then((found) => {
      if (current) setEntity(found as ChainEntity | null);
    });
    return () => {
      current = false;
    };
  }, [calls, row.id, head]);
  return entity;
}
