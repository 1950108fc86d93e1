/** The home that a user has where the spec names none. */
export function defaultHome(user: string): string {
  return `/home/${user}`;
}

/** Where the hostfile is where the spec names no place: the manual's. */
export function defaultHostfile(home: string): string {
  return `${home}/.cluster_hostfile`;
}

/** Where a hostfile in another form is where the spec names no place: beside the first. */
export function defaultFormPath(hostfile: string, form: "mpich" | "intel"): string {
  return `${hostfile}.${form}`;
}

/** The folder that is shared where the spec names none: the manual's. */
export function defaultSharedPath(home: string): string {
  return `${home}/shared`;
}

/** What lies in every home and is needed there, with words for it. bash(1) names the first files of a login. */
const needed: readonly (readonly [name: string, words: string])[] = [
  [".ssh", "the user's keys"],
  [".pyenv", "the user's Python"],
  ...[".bashrc", ".profile", ".bash_profile"].map((name) => [name, "what the user's shell starts with"] as const),
];

/** Says in words what of the user's own lies at `path` or above it; undefined where nothing does. */
export function takenBy(home: string, path: string): string | undefined {
  return needed.find(([name]) => `${path}/`.startsWith(`${home}/${name}/`))?.[1];
}
