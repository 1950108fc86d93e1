import { status } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { UnknownGenerationError } from "../hostfile/pin-problem.ts";
import { StoreUnwritableError } from "../store/cluster-store.ts";
import { reasonOf } from "./fake-error-reason.ts";
import { isOurFault, TooManyCallsError, toRpcStatus } from "./rpc-error.ts";

it("says nothing on the wire of an error that it does not know, and logs it", () => {
  const error = new RangeError("the path /etc/secret is too long");
  expect(toRpcStatus(error)).toMatchObject({ code: status.INTERNAL, details: "internal error of the controller" });
  expect(isOurFault(error)).toBe(true);
});

it("tells the caller of a disk that is full, and logs it, since it is none of the caller's making", () => {
  const error = new StoreUnwritableError("/store: the disk is full");
  expect(toRpcStatus(error)).toMatchObject({
    code: status.RESOURCE_EXHAUSTED, // to an agent: try again
    details: "nothing was changed, since the controller cannot write /store: the disk is full",
  });
  expect(reasonOf(Object.assign(new Error(), toRpcStatus(error)))).toBe("STORE_UNWRITABLE");
  expect(isOurFault(error)).toBe(true);
});

it("tells who calls too often that it may succeed later, and logs nothing of it", () => {
  const error = new TooManyCallsError("try again in a minute");
  expect(reasonOf(Object.assign(new Error(), toRpcStatus(error)))).toBe("TOO_MANY_CALLS");
  expect(isOurFault(error)).toBe(false);
});

it("logs nothing of what the caller did wrong", () => {
  expect(isOurFault(new UnknownGenerationError("no generation 7"))).toBe(false);
});
