import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { withoutLoopbackName } from "./loopback-lines.ts";
import { foreignText, withBlock } from "./managed-block.ts";
import type { Resource } from "./resource.ts";
import { guard, isAddress, isNodeName } from "./spec-guard.ts";

type Observed = { readonly hosts: StoredFile | undefined; readonly template: StoredFile | undefined };

type Change = { readonly path: string; readonly file: StoredFile };

const path = "/etc/hosts";

/**
 * From which cloud-init makes /etc/hosts at each boot, on Debian and Ubuntu, where the user
 * data say so (cc_update_etc_hosts): no drop-in can say otherwise, since user data come last.
 */
const templatePath = "/etc/cloud/templates/hosts.debian.tmpl";

/** What stands for the machine's own name in it. */
const templateNames = ["{{hostname}}", "{{fqdn}}", "$hostname", "$fqdn"];

/**
 * Every node's name and cluster address in /etc/hosts (hosts(5)).
 *
 * The block stands first, since the first line that has a name answers for it: a line that
 * someone wrote by hand is kept and cannot lead ranks elsewhere.
 */
export const hostsBlockResource: Resource<SpecOf<"hostsBlock">, Observed, Change> = {
  async read(_spec, host) {
    return { hosts: await host.files.read(path), template: await host.files.read(templatePath) };
  },

  plan({ entries, ownName }, { hosts, template }) {
    for (const { name, address } of entries) {
      guard(isNodeName(name), () => `${JSON.stringify(name)} is not a node's name`);
      guard(isAddress(address), () => `${JSON.stringify(address)} is not an address`);
    }
    const lines = entries.map(({ name, address }) => `${address} ${name}`);
    const changes = planHosts(path, hosts ?? { content: Buffer.of(), mode: 0o644, uid: 0, gid: 0 }, (text) =>
      withBlock(withoutLoopbackName(foreignText(text, lines), ownName), lines, "first"),
    );
    if (template === undefined) return changes;
    return [...changes, ...planHosts(templatePath, template, (text) => templateOf(text, ownName, lines))];
  },

  apply: (change, host) => host.files.replace(change.path, change.file),

  describe: (change) => `write ${change.path}`,

  watches: () => [path, templatePath],
};

function planHosts(at: string, { content, ...access }: StoredFile, mend: (text: string) => string): readonly Change[] {
  const before = content.toString("latin1");
  const after = mend(before);
  return after === before ? [] : [{ path: at, file: { ...access, content: Buffer.from(after, "latin1") } }];
}

/** The first line says in which language the template is written, and stays the first. */
function templateOf(text: string, ownName: string, lines: readonly string[]): string {
  const header = /^## template:[^\n]*\n/.exec(text)?.[0] ?? "";
  const names = [ownName, ...templateNames];
  const foreign = names.reduce(withoutLoopbackName, foreignText(text.slice(header.length), lines));
  return header + withBlock(foreign, lines, "first");
}
