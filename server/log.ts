/** Lines for the operator of a command: stdout is for what it prints. */
export function logToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
