import { compile, toolchain } from "./debian/toolchain.ts";
import { prepareNspawnLabs } from "./prepare.ts";

/**
 * Compiles an MPI program written in C for the hosts of a lab and returns the path of the
 * binary. The same source is compiled once. Rejects with CommandFailedError, and what the
 * compiler says in it, if it does not compile.
 */
export async function buildProgram(source: string, report: (line: string) => void = () => {}): Promise<string> {
  const { rootFileSystem, repository } = await prepareNspawnLabs(report);
  return compile(await toolchain(rootFileSystem, repository, report), source, report);
}
