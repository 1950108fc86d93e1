import { describe, expect, it } from "vitest";
import { createRecorder } from "./recorder.ts";

function recording() {
  const printed: string[] = [];
  let at = 0;
  const recorder = createRecorder(
    (text) => printed.push(text),
    () => (at += 1500),
  );
  return { recorder, printed };
}

describe("a recorder", () => {
  it("keeps the time and the evidence of a step, and prints the evidence", async () => {
    const { recorder, printed } = recording();
    await recorder.step("boot", async (keep) => keep({ hostfile: "a slots=1\n\nb slots=2\n", seconds: 0.25 }));
    expect(recorder.steps).toEqual([
      { name: "boot", seconds: 1.5, ok: true, evidence: { hostfile: "a slots=1\n\nb slots=2\n", seconds: 0.25 } },
    ]);
    expect(printed.join("")).toBe("\n==> boot\n    hostfile:\n      a slots=1\n\n      b slots=2\n    seconds: 0.3\n");
  });

  it("keeps what a failed step had shown, with why it failed", async () => {
    const { recorder } = recording();
    const failing = recorder.step("join", async (keep) => {
      keep({ line: "sudo cowherd-join" });
      throw new Error("secondary1: no route to host");
    });
    await expect(failing).rejects.toThrow("no route");
    expect(recorder.steps).toMatchObject([
      { ok: false, evidence: { line: "sudo cowherd-join", error: "secondary1: no route to host" } },
    ]);
  });
});
