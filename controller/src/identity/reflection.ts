/**
 * Lets @peculiar/x509 load: its container refuses to start without these two functions.
 *
 * Its classes are built without arguments, so no metadata is ever written and "none" is
 * the whole truth. Only x509.ts imports it, for its effect.
 */
if (!("getMetadata" in Reflect)) {
  Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined });
}
