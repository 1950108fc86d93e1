import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { agentEnvironment, agentFlags } from "./started-agent.ts";

it("measures the agent as the package starts it", async () => {
  const launcher = await readFile(new URL("../packaging/launchers/cowherd-agent", import.meta.url), "utf8");
  expect(launcher).toContain(`node ${agentFlags.join(" ")} /usr/lib/cowherd/cowherd-agent.mjs "$@"`);
  for (const [name, value] of Object.entries(agentEnvironment)) expect(launcher).toContain(`export ${name}=${value}\n`);
});
