import type { LabHost } from "../../lab/lab.ts";
import { ansibleFiles, ansibleFolder, ansibleHostfile } from "./ansible-files.ts";

/** Ansible on the primary, ready to run. Each run resolves with its milliseconds. */
export type AnsibleRuns = {
  /** Gathers facts and runs five tasks, all of which find nothing to do. */
  noop(): Promise<number>;
  /** Brings a host on which nothing was done to its line in a hostfile. */
  join(newcomer: LabHost): Promise<number>;
};

/** Ansible found something to do where there was nothing, or nothing where there was something. */
export class AnsibleSurpriseError extends Error {
  override readonly name = "AnsibleSurpriseError";
}

const runMs = 300_000;

/** Lets root of the primary log in everywhere, and has both playbooks run once: connections stay open for the runs that count. */
export async function prepareAnsible(primary: LabHost, hosts: readonly LabHost[]): Promise<AnsibleRuns> {
  for (const host of hosts) await host.check(["mkdir", "-p", "-m", "0700", "/root/.ssh", "/srv/ansible"]);
  await primary.check(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/.ssh/id_ed25519"]);
  const key = await primary.readFile("/root/.ssh/id_ed25519.pub");
  for (const host of hosts) await host.writeFile("/root/.ssh/authorized_keys", key, 0o600);
  const files = ansibleFiles(hosts.map(({ name }) => name));
  for (const [name, text] of Object.entries(files)) await primary.writeFile(`${ansibleFolder}/${name}`, text);

  const play = async (book: string): Promise<{ readonly ms: number; readonly said: string }> => {
    const from = performance.now();
    const said = await primary.check(["sh", "-c", `cd ${ansibleFolder} && exec ansible-playbook ${book}`], {
      env: { LC_ALL: "C.UTF-8" }, // without one Ansible does not start
      timeoutMs: runMs,
    });
    return { ms: performance.now() - from, said };
  };
  await play("join.yml");
  await play("noop.yml");

  return {
    async noop() {
      const { ms, said } = await play("noop.yml");
      if (/changed=[1-9]/.test(said)) throw new AnsibleSurpriseError(`a pass without changes had some:\n${said}`);
      return ms;
    },

    async join(newcomer) {
      await newcomer.check(["userdel", "--remove", "ada"]);
      await primary.check(["rm", "--force", ansibleHostfile]);
      const { ms, said } = await play("join.yml");
      const listed = await primary.readFile(ansibleHostfile);
      if (!listed.includes(`${newcomer.name} slots=`)) throw new AnsibleSurpriseError(`no line was made:\n${said}`);
      return ms;
    },
  };
}
