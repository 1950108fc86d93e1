import { mkdir } from "node:fs/promises";
import { checkCommand, runCommand } from "../lab/machine/command.ts";
import { projectFolder } from "./programs.ts";

/** The program of two ranks by which the agent proves that a node can be sent messages: its source. */
export const rankProgramSource = `${projectFolder}agent/native/two-ranks.c`;

/** This machine has no C compiler, or one without the C library's headers. */
export class NoCompilerError extends Error {
  override readonly name = "NoCompilerError";
}

/**
 * No path, no time and no build id of the machine that builds is in what comes out. libdl is
 * named for a C library before 2.34, which is the oldest that the result needs where it is newer.
 */
const compile = ["cc", "-std=gnu11", "-O2", "-s", "-Wall", "-Wl,--build-id=none"];
const libraries = ["-ldl"];

/** Compiles the program into `folder` and returns its path. Throws NoCompilerError; rejects where it does not compile. */
export async function buildRankProgram(folder: string): Promise<string> {
  const program = `${folder}/two-ranks`;
  await mkdir(folder, { recursive: true });
  await checkCompiler();
  await checkCommand([...compile, "-o", program, rankProgramSource, ...libraries]);
  return program;
}

async function checkCompiler(): Promise<void> {
  const { exitCode } = await runCommand([
    ...compile,
    "-fsyntax-only",
    "-x",
    "c",
    "-include",
    "dlfcn.h",
    "/dev/null",
  ]).catch(() => ({ exitCode: 127 }));
  if (exitCode === 0) return;
  throw new NoCompilerError("no C compiler is here: install gcc and libc6-dev (apt-get install gcc libc6-dev)");
}
