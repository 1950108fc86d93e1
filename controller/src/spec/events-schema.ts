import { packageNameProblem } from "@cowherd/proto";
import { z } from "zod";
import type { BrokerSpec, EventsSpec } from "./cluster-spec.ts";
import { quote } from "./printable.ts";
import { listOf, mappingError, offOr, textOr, textThat, textWithout, wholeNumber } from "./schema-parts.ts";
import { cleanPath } from "./text-schema.ts";

const serverForm = /^(?:nats|tls):\/\/(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?)(?::([0-9]{1,5}))?$/i;

const serverUrl = textThat("an address such as tls://10.0.0.1:4222", (text) => {
  if (/^[a-z]+:\/\/[^/]*@/i.test(text))
    return "holds who we are there: write that into a file and name it in credentials"; // the text itself is not told on
  const [, port = "4222"] = serverForm.exec(text) ?? [text, "0"];
  const fits = Number(port) >= 1 && Number(port) <= 65_535;
  return fits ? undefined : `${quote(text)} is no address of a broker: expected one such as tls://10.0.0.1:4222`;
});

const mostServers = 8;
const servers = textOr(
  serverUrl.transform((one) => [one]),
  listOf(serverUrl, "an address such as tls://10.0.0.1:4222, or a list of them", mostServers).min(1, "is empty"),
);

/** What belongs to a broker of the cluster's own, and what to one that is there already. */
const ownKeys = ["package", "binary", "port"] as const;
const givenKeys = ["credentials", "ca", "replicas"] as const;

/** Of the broker that the events go to. */
export const natsFields = z
  .strictObject(
    {
      package: textWithout(packageNameProblem, "a package's name").optional(),
      binary: cleanPath.optional(),
      port: wholeNumber(1024, 65_535).optional(),
      url: servers.optional(),
      credentials: cleanPath.optional(),
      ca: cleanPath.optional(),
      replicas: wholeNumber(1, 5).optional(),
    },
    {
      error: mappingError(
        "off or a mapping such as { url: tls://10.0.0.1:4222, credentials: /etc/cowherd/nats.creds }",
      ),
    },
  )
  .check(({ value, issues }) => {
    const refuse = (key: keyof typeof value, message: string) =>
      issues.push({ code: "custom", message, input: value[key], path: [key] });
    const written = (key: keyof typeof value) => value[key] !== undefined;
    if (written("package") && written("binary")) refuse("binary", "contradicts package: name one of them");
    for (const key of written("url") ? ownKeys : givenKeys) {
      if (!written(key)) continue;
      const own = "is for a broker of the cluster's own, and url names another: leave out one of them";
      refuse(key, written("url") ? own : "is for a broker that is there already: name its url too");
    }
  });

/** Of how much is kept, by the controller and in the broker. */
export const keepFields = z.strictObject(
  {
    days: wholeNumber(1, 365).default(7),
    count: wholeNumber(1000, 1_000_000).default(20_000),
    megabytes: wholeNumber(1, 1_000_000).default(256),
  },
  { error: mappingError("a mapping such as { days: 7, count: 20000, megabytes: 256 }") },
);

/** Of the events, for whoever wants to act when the cluster changes. */
export const eventsFields = z.strictObject(
  { nats: offOr(natsFields), keep: keepFields.prefault({}) },
  { error: mappingError("a mapping such as { nats: off } or { keep: { days: 7 } }") },
);

/** Fills in a broker on the primary where nothing else is said. */
export function eventsOf({ nats, keep }: z.infer<typeof eventsFields>): EventsSpec {
  return { broker: brokerOf(nats), keep };
}

/** Of three servers or more, each message is kept by three: one may be lost. */
function brokerOf(nats: z.infer<typeof eventsFields>["nats"] = {}): BrokerSpec {
  if (nats === "off") return { kind: "off" };
  const { url, credentials, ca, replicas, package: name = "nats-server", binary, port = 4222 } = nats;
  if (url !== undefined)
    return { kind: "given", servers: url, credentials, ca, replicas: replicas ?? (url.length < 3 ? 1 : 3) };
  return {
    kind: "managed",
    source: binary === undefined ? { kind: "package", name } : { kind: "binary", path: binary },
    port,
  };
}

/** As cluster.yaml has it that says nothing of events. */
export const defaultEvents: EventsSpec = eventsOf(eventsFields.parse({}));
