import type { ResourceSpec } from "@cowherd/proto";
import type { ClusterSpec } from "../spec/cluster-spec.ts";

/** What the manual has installed before pyenv builds a Python. */
export const pythonBuildPackages = [
  "build-essential",
  "curl",
  "libbz2-dev",
  "libffi-dev",
  "liblzma-dev",
  "libncursesw5-dev",
  "libreadline-dev",
  "libsqlite3-dev",
  "libssl-dev",
  "libxml2-dev",
  "libxmlsec1-dev",
  "llvm",
  "make",
  "tk-dev",
  "wget",
  "xz-utils",
  "zlib1g-dev",
] as const;

/** Compiles the cluster user's Python and what is installed into it; mpi4py is built against the MPI that is there. */
export function pythonResources({ python, user }: ClusterSpec): readonly ResourceSpec[] {
  if (python === undefined) return [];
  const { version, pyenvUrl, pyenvSha256, mirrorUrl, packages, indexUrl, findLinks } = python;
  const whose = { user: user.name, home: user.home, version };
  return [
    { id: "python", requires: ["user", "packages"], kind: "python", ...whose, pyenvUrl, pyenvSha256, mirrorUrl },
    ...(packages.length === 0
      ? []
      : [
          {
            id: "python-packages",
            requires: ["python", "mpi-parameters"],
            kind: "pythonPackages",
            ...whose,
            packages,
            indexUrl,
            findLinks,
          } as const,
        ]),
  ];
}
