/** The Stream panel: what the stream owes and holds, what was lost on the way and where, what it costs. */
import { type SyntheticEvent, useId, useState } from "react";
import { TEXT } from "../text.ts";
import { ChannelTable } from "./ChannelTable.tsx";
import { streamFigures, type Term as TermName } from "./figures.ts";
import { LossList } from "./LossList.tsx";
import styles from "./Telemetry.module.css";
import { Term } from "./Term.tsx";
import { useTelemetry } from "./useTelemetry.ts";

export function Telemetry() {
  const telemetry = useTelemetry();
  const titleId = useId();
  const [term, setTerm] = useState<TermName | null>(null);
  const point = ({ target }: SyntheticEvent) => setTerm(termAt(target));
  return (
    <section
      className={styles.panel}
      aria-labelledby={titleId}
      data-panel="stream"
      onPointerOver={point}
      onPointerLeave={() => setTerm(null)}
      onFocus={point}
      onBlur={() => setTerm(null)}
    >
      <header className={styles.head}>
        <h2 id={titleId}>{TEXT.telemetry.title}</h2>
        {/* A screen reader has it as the term's own description. */}
        <p aria-hidden data-testid="meaning">
          {term === null ? TEXT.telemetry.hint : TEXT.telemetry.terms[term].means}
        </p>
      </header>
      {telemetry !== null && (
        <div className={styles.body}>
          <div className={styles.balances}>
            <ChannelTable telemetry={telemetry} />
            <dl className={styles.figures}>
              {streamFigures(telemetry).map(({ term: name, text, title, tone }) => (
                <div key={name}>
                  <dt>
                    <Term name={name} />
                  </dt>
                  <dd data-figure={name} data-tone={tone} title={title}>
                    {text}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
          <LossList recent={telemetry.losses.recent} />
        </div>
      )}
    </section>
  );
}

function termAt(target: EventTarget): TermName | null {
  const found = target instanceof Element ? target.closest<HTMLElement>("[data-term]") : null;
  return (found?.dataset["term"] as TermName | undefined) ?? null;
}
