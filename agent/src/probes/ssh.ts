import type { BoundedEnd } from "../host/run-as.ts";

/**
 * Says how to run a script on another node as mpirun would: with the user's own settings, no
 * prompt, and a host key that is known. The script finds `words` as $1, $2, …
 *
 * ssh hands the user's shell there one line to read, so that each word is quoted for it. Pure.
 */
export function sshCommand(node: string, script: string, words: readonly string[]): readonly string[] {
  const line = ["sh", "-c", script, "cowherd-proof", ...words].map(shellWord).join(" ");
  return ["ssh", ...options, "--", node, line];
}

const connectSeconds = 5;
const options = [
  "-x",
  "-T",
  "-oBatchMode=yes",
  "-oStrictHostKeyChecking=yes",
  `-oConnectTimeout=${connectSeconds}`,
  "-oControlPath=none", // a connection that stands proves nothing of the next one
  "-oLogLevel=ERROR",
];

/** Quotes a word for a shell that reads it: sh, bash and zsh alike. */
export function shellWord(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

type Sign = readonly [RegExp, (node: string, user: string) => string];

/** OpenSSH's words, the first that fits. What it says of a changed key comes before what it says of every unknown one. */
const signs: readonly Sign[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for \S+ has changed/i,
    (node) => `the host key of ${node} changed: it is not the one that the cluster knows`,
  ],
  [/host key is known|host key verification failed/i, (node) => `the host key of ${node} is not known here`],
  [/Permission denied/i, (node, user) => `${node} does not let ${user} in by its key: permission denied`],
  [/No route to host|Network is unreachable/i, (node) => `there is no route to ${node}`],
  [/Connection refused/i, (node) => `no ssh server answers on ${node}: connection refused`],
  [/timed out/i, (node) => `${node} did not answer ssh within ${connectSeconds} s`],
  [/Could not resolve hostname/i, (node) => `ssh could not resolve ${node}`],
];

/** Says why a login at `node` ran nothing there. Pure. */
export function loginFailure(end: BoundedEnd, node: string, user: string): string {
  for (const [sign, words] of signs) if (sign.test(end.stderr)) return words(node, user);
  if (end.late) return `a login at ${node} did not come to an end`;
  return `ssh ${node}: ${lastLine(end)}`;
}

/** The last line of what a command complained, or its exit code. Pure. */
export function lastLine({ stderr, exitCode }: Pick<BoundedEnd, "stderr" | "exitCode">): string {
  return stderr.trim().split("\n").at(-1)?.trim() || `exit code ${exitCode}`;
}
