/** Errors of the HTTP face: problem+json (RFC 9457) that names the field. */
import { STATUS_CODES } from "node:http";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

interface ProblemOptions {
  /** The query, path or header field that is wrong. */
  field?: string;
  /** Members beside the standard ones, such as the current epoch. */
  extra?: Record<string, string | number>;
  retry_after_s?: number;
}

export class Problem extends Error {
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.options = options;
  }

  body(): string {
    const { field, extra } = this.options;
    return JSON.stringify({
      type: "about:blank",
      title: STATUS_CODES[this.status] ?? "Error",
      status: this.status,
      detail: this.message,
      ...(field === undefined ? {} : { field }),
      ...extra,
    });
  }
}
