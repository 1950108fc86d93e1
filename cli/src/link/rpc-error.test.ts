import { ErrorDetail } from "@cowherd/proto/wire";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { translateFailure } from "./rpc-error.ts";

function failure(code: number, detail?: Partial<ErrorDetail>) {
  const trailer = detail === undefined ? undefined : ErrorDetail.encode(ErrorDetail.fromPartial(detail)).finish();
  return { code, details: "words", trailer };
}

describe("translateFailure", () => {
  it.each([
    ["NOT_FOUND", "unknown-name"],
    ["PERMISSION_DENIED", "not-permitted"],
    ["UNAUTHENTICATED", "not-permitted"],
    ["FAILED_PRECONDITION", "not-possible"],
    ["INVALID_ARGUMENT", "not-possible"],
    ["RESOURCE_EXHAUSTED", "not-possible"],
    ["UNIMPLEMENTED", "not-supported"],
    ["INTERNAL", "fault"],
    ["UNKNOWN", "fault"],
  ] as const)("takes %s for %s", (code, refusal) => {
    expect(translateFailure(failure(status[code]))).toMatchObject({ name: "CallRefusedError", refusal });
  });

  it("tells what may succeed later from a message that is too long", () => {
    const full = failure(status.RESOURCE_EXHAUSTED, { reason: "STORE_UNWRITABLE" });
    expect(translateFailure(full)).toMatchObject({ refusal: "not-now", reason: "STORE_UNWRITABLE" });
  });

  it("tells failures on the way from refusals", () => {
    expect(translateFailure(failure(status.UNAVAILABLE))).toBe("unavailable");
    expect(translateFailure(failure(status.CANCELLED))).toBe("unavailable");
    expect(translateFailure(failure(status.DEADLINE_EXCEEDED))).toBe("deadline");
  });

  it("brings every problem of a spec", () => {
    const problems = [{ line: 1, column: 2, path: "a", message: "b\x1b" }];
    expect(translateFailure(failure(status.INVALID_ARGUMENT, { reason: "SPEC_INVALID", problems }))).toMatchObject({
      name: "SpecRefusedError",
      problems: [{ line: 1, column: 2, path: "a", message: "b\u{fffd}" }],
    });
  });

  it("keeps the error where its detail is of a newer version or broken", () => {
    const newer = failure(status.NOT_FOUND, { reason: "MOON_FULL" });
    const broken = { ...newer, trailer: new Uint8Array([0xff]) };
    for (const each of [newer, broken]) {
      expect(translateFailure(each)).toMatchObject({ refusal: "unknown-name", reason: undefined, message: "words" });
    }
  });
});
