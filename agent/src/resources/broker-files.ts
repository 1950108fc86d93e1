import type { SpecOf } from "@cowherd/proto";
import { type BrokerFiles, renderBrokerConfiguration, renderBrokerUsers } from "./broker-configuration.ts";
import { brokerConfiguration, brokerFolder, brokerUnits, brokerUser } from "./broker-units.ts";
import type { Owner } from "./owned-file.ts";

/** A file of the broker's. `live` ones a running server reads again; the others want a new start. */
export type BrokerFile = {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  readonly owner: Owner;
  readonly live: boolean;
};

const places: BrokerFiles = {
  users: "users.conf",
  certificate: `${brokerFolder}/server.crt`,
  storeFolder: "/var/lib/cowherd/nats",
};
const root: Owner = { user: "root", group: "root" };
const broker: Owner = { user: "root", group: brokerUser };

/** Lists the broker's files as they should be; the server can change none of them. Pure. */
export function brokerFiles(spec: SpecOf<"eventBroker">): readonly BrokerFile[] {
  const units = [...brokerUnits(spec.program, spec)];
  const configuration = renderBrokerConfiguration(spec, places);
  return [
    { path: brokerConfiguration, content: configuration, mode: 0o640, owner: broker, live: false },
    {
      path: `${brokerFolder}/${places.users}`,
      content: renderBrokerUsers(spec),
      mode: 0o640,
      owner: broker,
      live: true,
    },
    { path: places.certificate, content: spec.certificate, mode: 0o640, owner: broker, live: true },
    ...units.map(([path, content]) => ({ path, content, mode: 0o644, owner: root, live: false })),
  ];
}
