/**
 * Reads the values of an os-release text, quotes taken off.
 *
 * The form is a list of shell-like assignments: os-release(5). Lines of any other form
 * are left out.
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [, key, quoted, plain] of text.matchAll(/^([A-Z0-9_]+)=(?:["'](.*)["']|(.*))$/gm)) {
    if (key !== undefined) values.set(key, (quoted ?? plain ?? "").replaceAll(/\\(["'$`\\])/g, "$1"));
  }
  return values;
}
