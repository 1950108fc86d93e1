import { expect, it } from "vitest";
import { defaultTiming } from "./config.ts";

const [mountProbeMs, mountAnswerMs] = [30_000, 3_000]; // of an agent whose shared folder hangs
const [agentCheckMs, cowctlPlanMs] = [60_000, 60_000];

it("gives a plan the time in which a node finds out that its shared folder hangs, and tells before anybody else gives up", () => {
  expect(defaultTiming.checkMs).toBeGreaterThan(mountProbeMs + mountAnswerMs);
  expect(defaultTiming.checkMs).toBeLessThan(Math.min(agentCheckMs, cowctlPlanMs));
});
