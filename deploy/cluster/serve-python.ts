import { pythonSupply } from "../lab/debian/python-supply.ts";
import type { Lab } from "../lab/lab.ts";
import { prepareNspawnLabs } from "../lab/prepare.ts";

/** What a cluster.yaml says to have a Python built from what a lab serves. */
export type ServedPython = {
  readonly version: string;
  /** The section `python:`, with mpi4py and click as its packages. */
  readonly yaml: string;
};

/** Serves pyenv, Python's source and the packages to the hosts of a lab, which have no Internet. */
export async function servePython(lab: Lab, report: (line: string) => void = () => {}): Promise<ServedPython> {
  const { distribution, rootFileSystem } = await prepareNspawnLabs(report);
  const { folder, version, pyenv, pyenvSha256, mirror, wheels } = await pythonSupply(
    distribution,
    rootFileSystem,
    report,
  );
  const url = (await lab.serve("python", folder)).replace(/\/$/, "");
  const lines = [
    "python:",
    `  version: ${version}`,
    "  packages: [mpi4py, click]",
    `  pyenv: ${url}/${pyenv}`,
    `  pyenvSha256: ${pyenvSha256}`,
    `  mirror: ${url}/${mirror}`,
    `  findLinks: [${url}/${wheels}/]`,
    "",
  ];
  return { version, yaml: lines.join("\n") };
}
