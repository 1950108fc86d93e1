import { readdir, readFile } from "node:fs/promises";
import { type Memory, parseChildren, parseMemory, parseUsage, type Usage } from "./process-sample.ts";

/** A running process, seen through /proc. Linux only. */
export type WatchedProcess = {
  memory(): Promise<Memory>;
  usage(): Promise<Usage>;
  children(): Promise<readonly number[]>;
};

export function watchProcess(pid: number): WatchedProcess {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8");
  return {
    memory: async () => parseMemory(await read("smaps_rollup")),
    usage: async () => parseUsage(await read("stat")),
    async children() {
      const lists = (await readdir(`/proc/${pid}/task`)).map((thread) => read(`task/${thread}/children`));
      return (await Promise.all(lists)).flatMap(parseChildren);
    },
  };
}
