const maxLength = 300;

/** What tells why a build or pip failed, the most telling first. */
const complaints: readonly RegExp[] = [
  /No space left on device|Disk quota exceeded/,
  /^curl: \(\d+\)|^wget: |unable to resolve host|^error: (?!subprocess|metadata|externally)/,
  /checksum mismatch|definition not found/,
  /^ERROR: The Python \S+ extension was not compiled/,
  /^configure: error: |(?:^|\s)fatal error: |:\d+: error: /,
  /^ERROR: (?!Could not build wheels|Failed building|Failed to build)/,
  /^[A-Za-z]+Error: |^pyenv: |^error: /,
  /^make(?:\[\d+\])?: \*\*\* /,
];

/** Finds the line in which a build of Python, pyenv or pip says what went wrong. Pure. */
export function pythonFailureReason(output: string): string {
  const lines = output
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/\p{Cc}/gu, " ").trim())
    .filter((line) => line !== "");
  for (const complaint of complaints) {
    const line = lines.find((text) => complaint.test(text.replace(/^[│|╰─> ]+/u, "")));
    if (line !== undefined) return line.replace(/^[│|╰─> ]+/u, "").slice(0, maxLength);
  }
  return (lines.at(-1) ?? "ended without a word").slice(0, maxLength);
}

const phases: readonly (readonly [string, RegExp])[] = [
  ["installing pip", /^(?:Looking in links|Processing |Installing collected packages|Successfully installed)/],
  ["installing", /^(?:Compiling|Listing) '|^\s*(?:if test |\/usr\/bin\/install |Creating directory )|^Installing /],
  ["compiling", /^(?:\S*gcc|\S*cc|ar|building|\.\/python|clang|mv -f|\/bin\/(?:sh|mkdir)) /],
  ["configuring", /^(?:checking |configure: |config\.status: |configuring )/],
  ["downloading", /^(?:Downloading |-> )/],
];

/** Says which part of a build of Python its newest line belongs to. Undefined where none tells. Pure. */
export function pythonBuildPhase(output: string): string | undefined {
  for (const line of output.split("\n").reverse()) {
    const phase = phases.find(([, sign]) => sign.test(line))?.[0];
    if (phase !== undefined) return phase;
  }
  return undefined;
}

/** Says what pip does right now: "building wheel for mpi4py". Undefined where nothing tells. Pure. */
export function pipPhase(output: string): string | undefined {
  const line = output
    .split("\n")
    .reverse()
    .find((text) => /^\s*(?:Collecting|Downloading|Building wheel|Installing)\b/.test(text));
  const [first = "", ...words] = line?.trim().split(/\s+/) ?? [];
  return line === undefined ? undefined : [first.toLowerCase(), ...words].join(" ").slice(0, 80);
}
