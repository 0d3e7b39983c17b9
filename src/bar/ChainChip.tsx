import { useEffect, useState } from "react";
import { CHAIN_NAMES } from "../../protocol/chain-names.ts";
import type { ChainEntity } from "../../protocol/stream/entities.ts";
import type { ViewRow } from "../../workers/api.ts";
import { age, scaled, utc } from "../format.ts";
import { useStatusAt } from "../stores/statusAt.ts";
import { useStream } from "../stream/context.ts";
import { TEXT } from "../text.ts";
import styles from "./ChainChip.module.css";

/** What a chain is called; by its id where that is all that is known. */
export function chainTitle(id: string): string {
  return CHAIN_NAMES[Number(id)] ?? TEXT.bar.chain(id);
}

export function ChainChip({ row }: { row: ViewRow }) {
  const entity = useChain(row);
  const [, head] = row.cells;
  const state = entity?.collector_state ?? "connected";
  return (
    <span className={styles.chip} data-testid="chain-head" data-state={state}>
      <span className={styles.name} title={TEXT.bar.chain(row.id)}>
        {chainTitle(row.id)}
      </span>
      <b>{head?.text ?? TEXT.bar.noHead}</b>
      {state === "silent" && <span className={styles.silent}>{TEXT.bar.silent}</span>}
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
  return (
    <span className={styles.fee} title={`${exact} gwei`}>
      {TEXT.bar.baseFee(Number(exact).toFixed(2))}
    </span>
  );
}

/** The chain as numbers, of which the row has but texts: asked of the worker when the row changes its head. */
function useChain(row: ViewRow): ChainEntity | null {
  const calls = useStream();
  const [entity, setEntity] = useState<ChainEntity | null>(null);
  const [, head, collector] = row.cells;
  useEffect(() => {
    let current = true;
    void calls.entity("chain.main", row.id).then((found) => {
      if (current) setEntity(found as ChainEntity | null);
    });
    return () => {
      current = false;
    };
  }, [calls, row.id, head?.text, collector?.text]);
  return entity;
}
