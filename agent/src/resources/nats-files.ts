import type { SpecOf } from "@cowherd/proto";
import { type NatsFiles, renderNatsConfiguration, renderNatsUsers } from "./nats-configuration.ts";
import { natsConfiguration, natsFolder, natsUnits, natsUser } from "./nats-units.ts";
import type { Owner } from "./owned-file.ts";

/** A file of the broker's. `live` ones a running server reads again; the others want a new start. */
export type NatsFile = {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  readonly owner: Owner;
  readonly live: boolean;
};

const places: NatsFiles = {
  users: "users.conf",
  certificate: `${natsFolder}/server.crt`,
  storeFolder: "/var/lib/cowherd/nats",
};
const root: Owner = { user: "root", group: "root" };
const broker: Owner = { user: "root", group: natsUser };

/** Lists the broker's files as they should be; the server can change none of them. Pure. */
export function natsFiles(spec: SpecOf<"natsServer">): readonly NatsFile[] {
  const units = [...natsUnits(spec.program, spec)];
  const configuration = renderNatsConfiguration(spec, places);
  return [
    { path: natsConfiguration, content: configuration, mode: 0o640, owner: broker, live: false },
    { path: `${natsFolder}/${places.users}`, content: renderNatsUsers(spec), mode: 0o640, owner: broker, live: true },
    { path: places.certificate, content: spec.certificate, mode: 0o640, owner: broker, live: true },
    ...units.map(([path, content]) => ({ path, content, mode: 0o644, owner: root, live: false })),
  ];
}
