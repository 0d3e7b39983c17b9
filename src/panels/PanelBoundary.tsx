import { Component, type ReactNode } from "react";
import { TEXT } from "../text.ts";
import styles from "./PanelBoundary.module.css";

interface Props {
  title: string;
  children: ReactNode;
}

/** Keeps a panel that throws from taking the page with it: one line that says what, and another try. */
export class PanelBoundary extends Component<Props, { reason: string | null }> {
  override state = { reason: null };

  static getDerivedStateFromError(error: unknown) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    const { reason } = this.state;
    if (reason === null) return this.props.children;
    return (
      <section className={styles.failed} role="alert">
        <p>{TEXT.panels.failed(this.props.title, reason)}</p>
        <button type="button" onClick={() => this.setState({ reason: null })}>
          {TEXT.panels.retry}
        </button>
      </section>
    );
  }
}
