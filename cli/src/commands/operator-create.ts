import { formatPeerIdentity, parsePeerIdentity } from "@cowherd/proto";
import { credentialFiles } from "../link/credentials-folder.ts";
import { UsageError } from "./command-error.ts";
import { type Cowctl, examples, type ParentCommand } from "./cowctl.ts";

/** Adds `cowctl operator create`. */
export function addOperatorCreate(parent: ParentCommand, cowctl: Cowctl): void {
  parent
    .command("create")
    .description("make a key and a certificate for steering the cluster from another machine; on the primary alone")
    .argument("<name>", "whom it is for: lower-case letters, digits and -")
    .requiredOption("--out <folder>", "where to put operator.key, operator.crt and ca.crt")
    .addHelpText(
      "after",
      `\nThe files are made as the user who runs it, the key with mode 0600; none is overwritten.\n${examples(
        "sudo cowctl operator create ada --out ./ada",
        "cowctl --controller 192.168.56.10 --credentials ./ada status",
      )}`,
    )
    .action((name, { out }) => createOperator(cowctl, name, out));
}

async function createOperator(cowctl: Cowctl, name: string, folder: string): Promise<void> {
  if (parsePeerIdentity(formatPeerIdentity({ role: "operator", name })) === undefined) {
    throw new UsageError("an operator's name is up to 63 lower-case letters, digits and -");
  }
  const { createOperatorKey } = await import("../operator/operator-key.ts");
  const { requireFreshFolder, writeNewFiles } = await import("../operator/new-files.ts");
  await requireFreshFolder(folder, Object.values(credentialFiles));
  const { key, request } = await createOperatorKey(name);
  using link = await cowctl.connect();
  const { certificate, authority, address } = await link.issueOperatorCertificate(name, request, cowctl.signal);
  await writeNewFiles(folder, [
    { name: credentialFiles.key, content: key, mode: 0o600 },
    { name: credentialFiles.certificate, content: certificate, mode: 0o644 },
    { name: credentialFiles.authority, content: authority, mode: 0o644 },
  ]);
  cowctl.stderr.write(`operator ${name} may steer the cluster with the files in ${folder}:\n`);
  cowctl.stdout.write(`cowctl --controller ${address} --credentials ${folder} status\n`);
}
