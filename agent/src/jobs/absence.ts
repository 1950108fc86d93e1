/** Turns the error of a file that is not there into undefined, and throws any other. */
export function ignoreAbsence(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
