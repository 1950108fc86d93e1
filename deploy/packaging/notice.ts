/** What a package that ships somebody's code owes them. */
export type Notice = {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** The licence files as they came; empty where the package has none. */
  readonly texts: readonly string[];
};

/** A package that says nowhere under which licence it may be shipped. */
export class NoLicenceError extends Error {
  override readonly name = "NoLicenceError";

  constructor(packageName: string) {
    super(`${packageName} names no licence in its package.json, so it cannot be shipped`);
  }
}

/** Reads the notice of one npm package. Throws NoLicenceError. */
export function parseNotice(packageJson: string, texts: readonly string[]): Notice {
  const manifest: unknown = JSON.parse(packageJson);
  const name = textField(manifest, "name") ?? "a package without a name";
  const licence = textField(manifest, "license");
  if (licence === undefined) throw new NoLicenceError(name);
  return { name, version: textField(manifest, "version") ?? "", licence, texts };
}

/** Renders the copyright file of a Debian package. The same text is printed once, however many packages share it. */
export function renderCopyright(notices: readonly Notice[]): string {
  const unique = new Map(notices.map((notice) => [`${notice.name} ${notice.version}`, notice]));
  const sharers = new Map<string, string[]>();
  const list: string[] = [];
  for (const [key, { licence, texts }] of [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    list.push(`  ${key}: ${licence}`);
    for (const text of texts) sharers.set(text.trim(), [...(sharers.get(text.trim()) ?? []), key]);
  }
  const sections = [...sharers].map(([text, keys]) => `${rule}\n${keys.join(", ")}\n\n${text}\n`);
  return [preamble, ...list, "", ...sections].join("\n");
}

const rule = "-".repeat(80);

const preamble = `Cowherd is under the Apache License 2.0.
On Debian and Ubuntu its text is in /usr/share/common-licenses/Apache-2.0.

The programs have code of these npm packages in them:
`;

function textField(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const field: unknown = Reflect.get(value, key);
  return typeof field === "string" ? field : undefined;
}
