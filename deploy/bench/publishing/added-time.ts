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
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[] | undefined;
};

/** Parts of the time that everything else took: 0.05 where it took 100 ms and this 5. */
export type AddedTime = {
  /** What was looked for, with all that it called. */
  readonly own: number;
  /** The garbage collector's, and what V8 and the system did between two functions: whose it was is not known. */
  readonly nobodys: number;
};

const everyMicroseconds = 500;

/** What V8 calls the time that is no function's, and the time in which the thread waited. */
const noFunctions: ReadonlySet<string> = new Set(["(root)", "(program)", "(garbage collector)"]);
const waiting = "(idle)";

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

/** Tells what a profile shows of the functions whose URL `isAdded` knows. Throws RangeError where nothing else ran. */
export function addedTime(
  { nodes, samples = [], timeDeltas = [] }: Profile,
  isAdded: (url: string) => boolean,
): AddedTime {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const added = new Set<number>();
  const mark = (node: ProfileNode | undefined, isWithin: boolean): void => {
    if (node === undefined) return;
    const within = isWithin || isAdded(node.callFrame.url);
    if (within) added.add(node.id);
    for (const child of node.children ?? []) mark(byId.get(child), within);
  };
  mark(nodes[0], false); // the root comes first
  let [own, nobodys, others] = [0, 0, 0];
  for (const [at, id] of samples.entries()) {
    const took = timeDeltas[at] ?? 0;
    const { functionName = "" } = byId.get(id)?.callFrame ?? {};
    if (added.has(id)) own += took;
    else if (noFunctions.has(functionName)) nobodys += took;
    else if (functionName !== waiting) others += took;
  }
  if (others === 0) throw new RangeError("nothing else ran");
  return { own: own / others, nobodys: nobodys / others };
}
