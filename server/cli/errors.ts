/** An error for the user's eyes: one line that says what and where. Anything else that is thrown is a bug of ours. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = "CliError";
    this.exitCode = exitCode;
  }
}

/** Wrong options or arguments: exit code 2. */
export function usageError(message: string): CliError {
  return new CliError(message, 2);
}
