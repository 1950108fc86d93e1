/** PEP 440, appendix B, over lower case. */
const pattern = new RegExp(
  [
    /^v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)/,
    /(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?/,
    /(?:-(?<implicitPost>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\d+)?)?/,
    /(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\d+)?)?/,
    /(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/,
  ]
    .map(({ source }) => source)
    .join(""),
);

const preSpellings: Readonly<Record<string, string>> = {
  alpha: "a",
  beta: "b",
  c: "rc",
  pre: "rc",
  preview: "rc",
};

type Version = { readonly shared: string; readonly local: string };

/**
 * Whether a version that is installed is the one that "==" asks for, as PEP 440 has it: other
 * spellings of a version are that version, and what a build calls itself behind a "+" counts
 * only where it is asked for.
 *
 * Texts that are no versions by PEP 440 are met by themselves alone. Pure.
 */
export function meetsPin(pin: string, installed: string): boolean {
  const [wanted, found] = [parseVersion(pin), parseVersion(installed)];
  if (wanted === undefined || found === undefined) return pin.toLowerCase() === installed.toLowerCase();
  return wanted.shared === found.shared && (wanted.local === "" || wanted.local === found.local);
}

/** Brings a version into the one form in which all of its spellings are equal. */
function parseVersion(text: string): Version | undefined {
  const parts = pattern.exec(text.trim().toLowerCase())?.groups;
  if (parts === undefined) return undefined;
  const { epoch = "0", release = "", pre, preNumber, implicitPost, post, postNumber, dev, devNumber, local } = parts;
  const numbers = release.split(".").map(withoutZeros).join(".");
  const postRelease = post === undefined ? implicitPost : (postNumber ?? "0");
  const shared = [
    `${withoutZeros(epoch)}!${numbers.replace(/(?:\.0)+$/, "")}`,
    pre === undefined ? "" : `${preSpellings[pre] ?? pre}${withoutZeros(preNumber ?? "0")}`,
    postRelease === undefined ? "" : `post${withoutZeros(postRelease)}`,
    dev === undefined ? "" : `dev${withoutZeros(devNumber ?? "0")}`,
  ];
  return { shared: shared.join(" "), local: (local ?? "").split(/[-_.]/).map(withoutZeros).join(".") };
}

/** As text, since a number may be longer than one that counts exactly. Other texts stay as they are. */
function withoutZeros(text: string): string {
  return /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, "") : text;
}
