import type { BoundedEnd } from "../host/run-as.ts";

/** The three steps of a look at the shared folder. Each finds the folder, the file's name and a word as $1, $2 and $3. */

/**
 * On the primary: writes the word, and takes away what looks left here that were cut short: at this
 * node, which has one look at a time, or long ago.
 */
export const offerScript = `
find "$1" -maxdepth 1 -type f -name '.cowherd-proof.*' \\( -name "\${2%.*}.*" -o -mmin +60 \\) -delete 2>/dev/null
umask 077; set -C; printf %s "$3" > "$1/$2"
`;

/**
 * On the node: reads it, so that its folder is the primary's, and writes, reads back and
 * leaves a file of its own. The name is new, so that no cache of the network's file system knows it.
 */
export const answerScript = `
[ "$(cat -- "$1/$2")" = "$3" ] || exit 21
umask 077; set -C; printf %s "$3" > "$1/$2.answer" || exit 22
[ "$(cat -- "$1/$2.answer")" = "$3" ] || exit 23
echo cowherd-shared
`;

/** On the primary: sees the node's file, then takes both away. */
export const verifyScript = `
back=$(cat -- "$1/$2.answer"); end=$?
rm -f -- "$1/$2" "$1/$2.answer" || exit 24
[ "$end" = 0 ] && [ "$back" = "$3" ]
`;

/** On the primary: takes both away after a failure. */
export const withdrawScript = `rm -f -- "$1/$2" "$1/$2.answer"`;

/** Says why the node's answer is none; undefined where it is one. A disk without room is a folder that works. Pure. */
export function answerFailure(end: BoundedEnd, node: string, path: string): string | undefined {
  if (end.late) return `${path} hangs on ${node}: nothing was written and read there in time`;
  if (/^cowherd-shared$/m.test(end.stdout) || isFull(end)) return undefined;
  const words = end.stderr.trim().split("\n").at(-1)?.trim() || `exit code ${end.exitCode}`;
  switch (end.exitCode) {
    case 21:
      return `${path} on ${node} does not show what the primary writes into its own: ${words}`;
    case 22:
      return `${path} cannot be written on ${node}: ${words}`;
    case 23:
      return `a file that was written into ${path} on ${node} reads otherwise there`;
    default:
      return `${path} could not be looked at on ${node}: ${words}`;
  }
}

/** Whether there was no room. To give up nodes for it would stop also the jobs that write nothing. Pure. */
export function isFull({ stderr }: Pick<BoundedEnd, "stderr">): boolean {
  return /no space left on device|disk quota exceeded/i.test(stderr);
}
