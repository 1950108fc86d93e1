/** Slow work that must outlive the agent: each job is a transient systemd unit with a folder on disk. */
export interface Jobs {
  /**
   * Runs a job and resolves with how it ended.
   *
   * A job of the same id that still runs, or ended while nobody waited, is joined and not
   * repeated; once its end was returned, the id is free again. Aborting `signal` stops
   * the waiting, never the job. Rejects with JobLostError when the machine went down
   * under it.
   *
   * While it waits, `heard` is told the end of what the job wrote so far (as in JobEnd),
   * about once a second and only when there is more of it: enough to tell of its progress.
   */
  run(job: Job, signal: AbortSignal, heard?: (output: string) => void): Promise<JobEnd>;
}

export type Job = {
  /** Of letters, digits and "-"; names the unit `cowherd-job-ID.service`. */
  readonly id: string;
  /** The program by its absolute path, and its arguments. Never a shell's text. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** What it reads on its standard input; nothing if absent. */
  readonly input?: string;
  /** As whom, with no way to become anybody else; root if absent, and nobody in particular where it is confined. */
  readonly as?: { readonly uid: number; readonly gid: number };
  /** Gives way to everything else on the machine, for work of many minutes. */
  readonly gentle?: boolean;
  /** After this long it is ended, which is exit code 143. As long as it takes if absent. */
  readonly maxSeconds?: number;
  /** It is a program of somebody else's, which is to do no harm. */
  readonly confined?: Confinement;
};

/** What a program may use that we know nothing of. The machine's own files it cannot change, whoever it runs as. */
export type Confinement = {
  /** The name under which the journal has what it writes. Its end tells nothing of that. */
  readonly journalAs: string;
  readonly memoryMebibytes: number;
  readonly tasks: number;
};

export type JobEnd = {
  readonly exitCode: number;
  /** The end of what it wrote, standard output and error together, at most 16 KiB. */
  readonly output: string;
  /**
   * There where the end may say nothing about the job that was asked for: it had come before
   * anybody asked, however long ago, or is that of a job which does something else.
   */
  readonly stale?: true;
};

/** The job ended in a way that left no exit code, such as a power cut. It may be run again. */
export class JobLostError extends Error {
  override readonly name = "JobLostError";
}
