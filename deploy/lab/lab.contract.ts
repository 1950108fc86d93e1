import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { Lab, LabHost } from "./lab.ts";
import { CommandFailedError, CommandTimedOutError, HostOffError, LabRequestError } from "./lab-error.ts";

/** What a lab of the contract is: two hosts on it, "first" at .11 and "second" at .12. */
export type ContractLab = { readonly lab: Lab; readonly first: LabHost; readonly second: LabHost };

/**
 * What every lab promises, whatever its hosts are. The hosts may be used already; they are
 * on before each test and after it. `patienceMs` is how long a small command may take.
 */
export function labContract(open: () => ContractLab, patienceMs: number): void {
  describe("a command", () => {
    it("runs as a login of its user, with what it is given", async () => {
      const { first } = open();
      await first.check(["useradd", "--create-home", "--groups", "sudo", "--shell", "/bin/bash", "visitor"]);
      const options = { user: "visitor", input: "in\n", env: { EXTRA: "yes" } };
      expect(await first.check(["sh", "-c", "id -Gn; pwd; echo $HOME $EXTRA; cat /dev/stdin"], options)).toBe(
        "visitor sudo\n/home/visitor\n/home/visitor yes\nin\n",
      );
      await expect(first.run(["true"], { user: "nobody-such" })).rejects.toThrow(LabRequestError);
    });

    it("reports its exit code, a signal too, and fails a check with what it said", async () => {
      const { first } = open();
      const command = ["sh", "-c", "echo why >&2; exit 3"];
      expect(await first.run(command)).toEqual({ exitCode: 3, stdout: "", stderr: "why\n" });
      expect((await first.run(["sh", "-c", "kill -TERM $$"])).exitCode).toBe(143);
      await expect(first.check(command)).rejects.toThrow(CommandFailedError);
      await expect(first.check(command)).rejects.toMatchObject({ host: "first", exitCode: 3, stderr: "why\n" });
    });

    it("is gone with all that it started when its time is over", async () => {
      const { first } = open();
      const command = ["sh", "-c", "setsid sleep 4242 & sleep 4242"];
      await expect(first.run(command, { timeoutMs: patienceMs })).rejects.toThrow(CommandTimedOutError);
      expect((await first.run(["pgrep", "--full", "^sleep 4242"])).stdout).toBe("");
    });

    it("is gone when its caller no longer wants it", async () => {
      const { first } = open();
      const reason = new Error("enough");
      const abort = new AbortController();
      const running = first.run(["sleep", "4343"], {}, abort.signal);
      setTimeout(() => abort.abort(reason), patienceMs);
      await expect(running).rejects.toBe(reason);
      expect((await first.run(["pgrep", "--full", "^sleep 4343"])).stdout).toBe("");
    });
  });

  it("copies files in whole, with their mode or another, and makes the folders", async () => {
    const { first } = open();
    const folder = await mkdtemp(`${tmpdir()}/lab-test-`);
    const size = 3_000_000;
    await writeFile(`${folder}/big`, Buffer.alloc(size, "0123456789"), { mode: 0o755 });
    await first.copyIn(`${folder}/big`, "/opt/new/big");
    await first.copyIn(`${folder}/big`, "/run/new/big", 0o600);
    await rm(folder, { recursive: true });
    expect(await first.check(["stat", "-c", "%a %s", "/opt/new/big", "/run/new/big"])).toBe(
      `755 ${size}\n600 ${size}\n`,
    );
    await first.check(["cmp", "/opt/new/big", "/run/new/big"]);
    await first.writeFile("/etc/text", "ä\n", 0o640);
    expect(await first.readFile("/etc/text")).toBe("ä\n");
    expect(await first.check(["stat", "-c", "%a", "/etc/text"])).toBe("640\n");
  });

  it("stops a frozen host in its tracks, and lets it go on", async () => {
    const { first, second } = open();
    const reach = ["timeout", "20", "bash", "-c", `exec 3<> /dev/tcp/${second.address}/22 && read -r -t 3 line <&3`];
    await first.check(reach);
    await second.freeze();
    expect((await first.run(reach)).exitCode).not.toBe(0);
    await second.thaw();
    await first.check(reach);
  });

  it("pulls the cable out of a host until it is plugged in again, and reaches the host all the same", async () => {
    const { first, second } = open();
    await second.partition();
    expect((await first.run(["ping", "-c", "1", "-W", "2", second.address])).exitCode).not.toBe(0);
    expect(await second.check(["sh", "-c", "cat /sys/class/net/*/carrier"])).toContain("0\n");
    await second.heal();
    await first.check(["sh", "-c", `until ping -c 1 -W 1 ${second.address}; do sleep 0.2; done`], {
      timeoutMs: 60_000,
    });
  });

  it("loses with the power what was not on the disk, and nothing else", async () => {
    const { second } = open();
    await second.writeFile("/var/kept", "kept\n");
    await second.check(["sync"]);
    await second.writeFile("/run/lost", "lost\n");
    const sleeping = second.run(["sleep", "1000"]);
    await second.check(["sh", "-c", "until pgrep --full '^sleep 1000'; do sleep 0.02; done"]);
    await second.cutPower();
    expect((await sleeping).exitCode).toBe(137);
    await expect(second.run(["true"])).rejects.toThrow(HostOffError);
    await second.powerOn();
    expect(await second.readFile("/var/kept")).toBe("kept\n");
    await expect(second.readFile("/run/lost")).rejects.toThrow(CommandFailedError);
  });

  it("reboots in order, and takes along the commands that run on it", async () => {
    const { second } = open();
    await second.writeFile("/run/lost", "lost\n");
    const running = Array.from({ length: 4 }, () => second.run(["sleep", "1001"]));
    await second.check(["sh", "-c", "until test $(pgrep --full --count '^sleep 1001') = 4; do sleep 0.02; done"]);
    await second.reboot();
    for (const { exitCode } of await Promise.all(running)) expect(exitCode).not.toBe(0);
    await expect(second.readFile("/run/lost")).rejects.toThrow(CommandFailedError);
  });

  it("has another number of CPUs once it was given it and has booted again", async () => {
    const { second } = open();
    const count = async () => Number(await second.check(["systemd-run", "--quiet", "--wait", "--pipe", "nproc"]));
    const before = await count();
    const wanted = before === 1 ? 2 : before - 1;
    await second.setCpus(wanted);
    expect(await count()).toBe(before);
    await second.reboot();
    expect(await count()).toBe(wanted);
    await expect(second.setCpus(1_000)).rejects.toThrow(LabRequestError);
  });

  it("copies a running host: its identity and its files, at another address", async () => {
    const { lab, first } = open();
    await first.writeFile("/etc/copied", "copied\n");
    const twin = await lab.clone("first", "twin", { address: "192.168.56.30" });
    for (const path of ["/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key.pub", "/etc/copied"]) {
      expect(await twin.readFile(path)).toBe(await first.readFile(path));
    }
    const macs = ["sh", "-c", "cat /sys/class/net/e*/address"];
    expect(await twin.check(macs)).not.toBe(await first.check(macs));
    await first.check(["sh", "-c", `until ping -c 1 -W 1 ${twin.address}; do sleep 0.2; done`], { timeoutMs: 60_000 });
    await twin.remove();
    await first.check(["true"]);
    await expect(lab.clone("nobody", "other", { address: "192.168.56.31" })).rejects.toThrow(LabRequestError);
  });
}
