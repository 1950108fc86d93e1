/**
 * Renders a value for `-o json`: one document with a line feed at its end.
 *
 * Keys never come and go: what is undefined is null. Whole numbers are numbers, however
 * they are held; times are in ISO 8601 and UTC.
 */
export function renderJson(value: unknown, layout: "pretty" | "one-line" = "pretty"): string {
  const indent = layout === "pretty" ? 2 : undefined;
  return `${JSON.stringify(value, replaceUnwritable, indent)}\n`;
}

function replaceUnwritable(_key: string, value: unknown): unknown {
  if (value === undefined) return null;
  return typeof value === "bigint" ? Number(value) : value;
}
