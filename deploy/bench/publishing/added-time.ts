import { Session } from "node:inspector/promises";

/** What is read of a profile of V8: every function that ran, below the one that called it, and which of them each sample met. */
export type Profile = {
  readonly nodes: readonly ProfileNode[];
  /** An id for each sample. */
  readonly samples?: readonly number[] | undefined;
  /** How long after the one before it each sample was taken. Microseconds. */
  readonly timeDeltas?: readonly number[] | undefined;
};

export type ProfileNode = {
  readonly id: number;
  readonly callFrame: Pick<Frame, "functionName" | "url">;
  readonly children?: readonly number[] | undefined;
};

type Frame = { readonly functionName: string; readonly url: string };

const everyMicroseconds = 500;

/** What V8 calls the time that is no function's. */
const nobodys: ReadonlySet<string> = new Set(["(root)", "(idle)", "(program)", "(garbage collector)"]);

/** Lets something run on this thread, and returns where the thread was meanwhile. Rejects as that does. */
export async function profile(work: () => Promise<void>): Promise<Profile> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: everyMicroseconds });
    await session.post("Profiler.start");
    await work();
    return (await session.post("Profiler.stop")).profile;
  } finally {
    session.disconnect();
  }
}

/**
 * How much longer something took by what `isAdded` tells of by its URL, with all that it called:
 * 0.05 where of 105 ms 5 were its own. Waiting is nobody's time; the garbage collector's, and what
 * V8 and the system do between two functions, is everybody's alike. Throws RangeError where nothing else ran.
 */
export function addedTime(
  { nodes, samples = [], timeDeltas = [] }: Profile,
  isAdded: (url: string) => boolean,
): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const added = new Set<number>();
  const mark = (node: ProfileNode | undefined, isWithin: boolean): void => {
    if (node === undefined) return;
    const within = isWithin || isAdded(node.callFrame.url);
    if (within) added.add(node.id);
    for (const child of node.children ?? []) mark(byId.get(child), within);
  };
  mark(nodes[0], false); // the root comes first
  let [own, others] = [0, 0];
  for (const [at, id] of samples.entries()) {
    const took = timeDeltas[at] ?? 0;
    if (added.has(id)) own += took;
    else if (!nobodys.has(byId.get(id)?.callFrame.functionName ?? "")) others += took;
  }
  if (others === 0) throw new RangeError("nothing else ran");
  return own / others;
}
