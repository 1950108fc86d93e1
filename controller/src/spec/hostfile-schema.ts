import { z } from "zod";
import { mappingError, switchField, switchOr, textOr, wholeNumber } from "./schema-parts.ts";
import { cleanPath } from "./text-schema.ts";

/** Of the hostfiles. A form that is just switched on has its place beside the first file. */
export const hostfileFields = z.strictObject(
  {
    path: cleanPath.optional(),
    order: z.enum(["joined", "natural"], { error: "expected joined or natural" }).default("joined"),
    primary: switchField.default(true),
    mpich: switchOr(cleanPath).default(false),
    intel: switchOr(cleanPath).default(false),
  },
  { error: mappingError("an absolute path or a mapping such as { path: /home/mpihpc/.cluster_hostfile }") },
);

/** Of the ranks that a node runs. */
export const slotsFields = z.strictObject(
  {
    per: z.enum(["vcores", "cores"], { error: "expected vcores or cores" }).default("vcores"),
    reserve: wholeNumber(0, 65_535).default(0),
  },
  { error: mappingError("vcores, cores or a mapping such as { per: cores, reserve: 1 }") },
);

/** A path alone is short for a mapping with nothing else in it. */
export const hostfileField = textOr(
  cleanPath.transform((path) => hostfileFields.parse({ path })),
  hostfileFields,
).prefault({});

/** So is the policy alone. */
export const slotsField = textOr(
  slotsFields.shape.per.unwrap().transform((per) => slotsFields.parse({ per })),
  slotsFields,
).prefault({});

/**
 * Where the hostfiles are, for the rules: null where the first one's path is ill-formed,
 * undefined where one is not written or off, true where a form is on at its default place.
 * `key` is where the first path stands in the document.
 */
export const wellFormedHostfile = textOr(
  cleanPath
    .nullable()
    .catch(null)
    .transform((path) => ({ path, key: ["hostfile"], mpich: undefined, intel: undefined })),
  z
    .object({
      path: cleanPath.nullable().catch(null).optional(),
      mpich: switchOr(cleanPath).optional().catch(undefined),
      intel: switchOr(cleanPath).optional().catch(undefined),
    })
    .transform((fields) => ({ ...fields, key: ["hostfile", "path"] })),
)
  .prefault({})
  .catch({ path: null, key: [], mpich: undefined, intel: undefined });

export type WellFormedHostfile = z.infer<typeof wellFormedHostfile>;
