import type { MountHealth } from "../mounts.ts";
import type { CommandEnd } from "../run-command.ts";

/**
 * Writes a word into a hidden file, brings it to the server's disk, reads it back from there
 * and not from memory, and removes the file.
 *
 * As the folder's owner, who is the cluster's user: where the export squashes root, root
 * could not, and what root can do says nothing of a rank. "$1/." makes an automount mount.
 * A file of an earlier probe that was killed is removed first.
 */
const script = `
at=$1; file=$1/$2; word=$3
uid=$(stat --format=%u -- "$at/.") && gid=$(stat --format=%g -- "$at/.") || exit 1
if [ "$uid" = 65534 ]; then echo "the folder's owner shows as nobody, so ids are not passed on as numbers" >&2; exit 1; fi
as="setpriv --reuid=$uid --regid=$gid --clear-groups --"
$as rm -f -- "$file" || exit 1
printf %s "$word" | $as dd of="$file" bs=4096 conv=excl,fsync status=none || { $as rm -f -- "$file"; exit 1; }
owner=$(stat --format=%u -- "$file")
back=$($as dd if="$file" bs=4096 iflag=direct status=none)
$as rm -f -- "$file" || exit 1
if [ "$back" != "$word" ]; then echo "a file that was written reads otherwise" >&2; exit 1; fi
if [ "$owner" != "$uid" ]; then echo "a file that user $uid writes belongs to user $owner" >&2; exit 1; fi
`;

/** The command that uses the folder at `path`. `name` is the hidden file's, and must be this machine's alone. */
export function probeCommand(path: string, name: string, word: string): readonly [string, ...string[]] {
  return ["/bin/sh", "-c", script, "sh", path, name, word];
}

/** How long a probe may take. A slow machine mounts first, which systemd gives as long. */
export const probeMs = 30_000;

/** How many probes of former mounts may hang on. Each holds a process and, with a mount that is gone from the tree, its connection. */
export const mostProbesLeft = 3;

/**
 * Judges a folder by how the probe ended.
 *
 * A disk without room is a mount that works: to give up all nodes for it would stop also the
 * jobs that write nothing.
 */
export function judgeProbe(end: CommandEnd | "late" | "crowded"): MountHealth {
  if (end === "late") return { state: "slow", reason: "a file could not be written and read within thirty seconds" };
  if (end === "crowded") {
    const reason = `${mostProbesLeft} looks at former mounts of it still hang in the kernel, so no further one is begun; restart the machine if this stays`;
    return { state: "refused", reason };
  }
  if (end.exitCode === 0) return { state: "healthy" };
  const reason = end.stderr.trim().split("\n").at(0) || `the probe ended with exit code ${end.exitCode}`;
  if (/stale (nfs )?file handle/i.test(end.stderr)) return { state: "stale", reason };
  if (/read-only file system/i.test(end.stderr)) return { state: "read-only", reason };
  if (/no space left on device|disk quota exceeded/i.test(end.stderr)) return { state: "healthy" };
  return { state: "refused", reason };
}
