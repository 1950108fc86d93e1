import {
  downloadUrlProblem,
  exportOptionProblem,
  parsePythonRequirement,
  pythonRequirementProblem,
  pythonVersionProblem,
} from "@cowherd/proto";
import { z } from "zod";
import { formatAddress, parseSubnet } from "./ipv4.ts";
import { quote } from "./printable.ts";
import { isMissingOr, listOf, mappingError, offOr, textThat, textWithout, wholeNumber } from "./schema-parts.ts";
import { addressText, plainPath } from "./text-schema.ts";

/** Of the NICs through netplan. The manual's nameservers. */
export const networkFields = z.strictObject(
  {
    nameservers: listOf(addressText, "a list of nameservers", 8).default(["1.1.1.1", "8.8.8.8"]),
    confirm: wholeNumber(10, 600).default(60),
  },
  { error: mappingError("off or a mapping such as { nameservers: [1.1.1.1, 8.8.8.8], confirm: 60 }") },
);

export const clientsText = textThat('a network such as 192.168.56.0/24, or "*"', (text) => {
  if (text === "*") return undefined;
  const network = parseSubnet(text);
  if (network === undefined) {
    return `${quote(text)} is neither a network such as 192.168.56.0/24 nor "*" for whoever reaches the primary`;
  }
  const exact = `${formatAddress(network.base)}/${network.prefix}`;
  return exact === text ? undefined : `${quote(text)} is an address within a network: expected ${exact}`;
});

export const exportOptions = listOf(
  textWithout(exportOptionProblem, "an option of exports(5)"),
  "a list of options",
  32,
);

/** Of the folder that all nodes share. The manual's options. */
export const sharedFields = z.strictObject(
  {
    path: plainPath.optional(),
    clients: clientsText.optional(),
    options: exportOptions.default(["rw", "sync", "no_root_squash", "no_subtree_check"]),
  },
  { error: mappingError("off or a mapping such as { path: /home/mpihpc/shared }") },
);

const url = textWithout(downloadUrlProblem, "an address such as https://mirror.example/pyenv.tar.gz");

const archiveUrl = url.check(({ value, issues }) => {
  if (/\.(tar\.gz|tgz)$/.test(value)) return;
  issues.push({ code: "custom", message: `${quote(value)} does not end with ".tar.gz"`, input: value });
});

const sha256 = textThat("64 hexadecimal digits", (text) =>
  /^[0-9a-f]{64}$/i.test(text) ? undefined : `${quote(text)} is no SHA-256: expected 64 hexadecimal digits`,
);

const requirement = textWithout(pythonRequirementProblem, 'a Python package such as "click" or "click==8.1.7"');

/** Of the cluster user's Python. The manual's version and packages. */
export const pythonFields = z.strictObject(
  {
    version: textWithout(pythonVersionProblem, 'a version in full, such as "3.11.8"').default("3.11.8"),
    packages: listOf(requirement, "a list of Python packages", 256, distributionOf).default(["mpi4py", "click"]),
    pyenv: archiveUrl.default("https://github.com/pyenv/pyenv/archive/refs/tags/v2.7.1.tar.gz"),
    pyenvSha256: sha256.toLowerCase().optional(),
    mirror: url.optional(),
    index: url.optional(),
    findLinks: listOf(url, "a list of addresses", 16).default([]),
  },
  { error: mappingError("off or a mapping such as { version: 3.11.8, packages: [mpi4py, click] }") },
);

/** "Click" and "click==8.1.7" are the same one. */
function distributionOf(requirementText: string): string {
  return parsePythonRequirement(requirementText)?.name ?? requirementText;
}

/** Of what a job left over on a node that its mpirun cannot reach any more. */
export const remnantsFields = z.strictObject(
  { end: z.boolean(isMissingOr("true or false")).default(true), grace: wholeNumber(0, 86_400).default(60) },
  { error: mappingError("a mapping such as { end: true, grace: 60 }") },
);

export const networkField = offOr(networkFields);
export const sharedField = offOr(sharedFields);
export const pythonField = offOr(pythonFields);
