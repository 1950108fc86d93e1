import { z } from "zod";

/** What is null in a stored text is undefined in a state. */
export function orUndefined<Value extends z.ZodType>(schema: Value) {
  return schema.nullable().transform((value) => value ?? undefined);
}

/** For what an earlier version did not write. */
export function orMissing<Value extends z.ZodType>(schema: Value) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A whole number from 0 on. */
export const count = z.int().nonnegative();
/** One that is stored as its digits. */
export const bigCount = z
  .string()
  .regex(/^\d+$/)
  .transform((digits) => BigInt(digits));
