/** Says in words why a file could not be opened. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "it does not exist";
  if (code === "EACCES" || code === "EPERM") return "this user may not";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EEXIST") return "it exists already";
  return error instanceof Error ? error.message : String(error);
}
