type Blemish = { readonly name: string; readonly pattern: RegExp };

const blemishes: readonly Blemish[] = [
  { name: "unfinished work", pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/ },
  {
    name: "a silenced check",
    pattern: /(?:biome|oxlint|eslint|prettier)-(?:ignore|disable)|@ts-(?:ignore|nocheck|expect-error)/,
  },
];

/** Lists, as PATH:LINE: WHAT, what no committed file may hold. `project` is the folder that the project lies in. */
export function findBlemishes(path: string, text: string, project: string): readonly string[] {
  const known = [...blemishes, { name: "a path of the machine that built it", pattern: pathPattern(project) }];
  return text.split("\n").flatMap((line, index) => {
    const found = known.filter(({ pattern }) => pattern.test(line));
    return found.map(({ name }) => `${path}:${index + 1}: ${name}`);
  });
}

/** The project's folder where a path begins, and not as a part of a longer one. */
function pathPattern(project: string): RegExp {
  const folder = project.replace(/\/$/, "").replace(/[^\w/]/g, "\\$&");
  return new RegExp(`(?<![\\w./-])${folder}(?![\\w.-])`);
}
