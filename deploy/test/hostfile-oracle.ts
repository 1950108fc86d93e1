import type { LabHost } from "../lab/lab.ts";

/** A line of a hostfile, as its reader takes it. */
export type HostfileLine = { readonly node: string; readonly slots: number };

/** What a launcher took a hostfile for. */
export type HostfileReading = {
  /** In the launcher's order; empty where it refused the file. */
  readonly entries: readonly HostfileLine[];
  /** All that it said, for whoever must find out why. */
  readonly output: string;
};

/** A text, and what whoever wrote it meant: a launcher is asked for so many ranks that it must name all hosts. */
export type HostfileQuestion = { readonly text: string; readonly meant: readonly HostfileLine[] };

/** A launcher that tells how it reads a hostfile, and contacts no node (FACTS 2.7). */
export type HostfileReader = {
  /** A shell command that reads the file "$1", of "$2" hosts with "$3" slots. Its exit code says nothing (H29). */
  readonly command: string;
  /** Finds the hosts with their slots in what it says. */
  readonly listed: RegExp;
};

/** A rank on each host, since no more of the hosts than have one are listed. */
export const openMpi4: HostfileReader = {
  command:
    'mpirun.openmpi --mca plm isolated --hostfile "$1" --display-map --do-not-launch --map-by node --bind-to none -np "$2" hostname',
  listed: /^ Data for node: (\S+)\s+Num slots: (\d+)/gm,
};

export const openMpi5: HostfileReader = {
  command:
    'mpirun.openmpi --hostfile "$1" --display map --bind-to none --runtime-options donotlaunch --map-by node -n "$2" hostname',
  listed: /^Data for node: (\S+)\s+Num slots: (\d+)/gm,
};

/** Hydra fills one host before it takes the next. It says what it would start, and is ended by the first thing that it starts. */
export const hydra: HostfileReader = {
  command: 'mpiexec.hydra -verbose -launcher ssh -launcher-exec "$PWD/launcher" -f "$1" -n "$3" hostname',
  listed: /^\s*\[\d+\] proxy: (\S+) \((\d+) cores\)$/gm,
};

/** Has a launcher read many texts, each for itself, in one command on a host, as a user, since launchers refuse root. */
export async function readHostfiles(
  host: LabHost,
  user: string,
  { command, listed }: HostfileReader,
  questions: readonly HostfileQuestion[],
): Promise<readonly HostfileReading[]> {
  const asked = questions.map(({ text, meant }) => {
    const slots = meant.reduce((sum, line) => sum + line.slots, 0);
    return `ask '${Buffer.from(text).toString("base64")}' ${meant.length} ${slots}\n`;
  });
  const script = `ask() {
  printf %s "$1" | base64 --decode > hostfile
  set -- hostfile "$2" "$3"
  echo '${mark}'
  timeout --kill-after=1 10 ${command} < /dev/null 2>&1 | tr --delete '\\000' | head --lines=400
}
cd "$(mktemp --directory)"
printf '#!/bin/sh\\nkill -KILL "$PPID"\\n' > launcher
chmod +x launcher
${asked.join("")}`;
  const { stdout } = await host.run(["bash"], { user, input: script, timeoutMs: 120_000 });
  return stdout
    .split(`${mark}\n`)
    .slice(1)
    .map((output) => ({
      entries: [...output.matchAll(listed)].map(([, node = "", slots]) => ({ node, slots: Number(slots) })),
      output,
    }));
}

const mark = "=== hostfile ===";
