import type { Listening } from "../host/event-broker.ts";

/** Who runs the broker. The package makes the account. */
export const brokerUser = "cowherd-nats";

/** Where the broker's configuration is, and the folder of its certificate. */
export const brokerFolder = "/etc/cowherd/nats";
export const brokerConfiguration = `${brokerFolder}/nats-server.conf`;

const folder = "/etc/systemd/system";
const door = "cowherd-nats-network";
const brokerPath = `${folder}/cowherd-nats.service`;
const doorPath = `${folder}/${door}`;

/** Where the broker's units are, in no order. */
export const brokerUnitPaths: readonly string[] = [brokerPath, `${doorPath}.socket`, `${doorPath}.service`];

const mark = "# Managed by Cowherd: what is edited here is taken back.\n";

/** What both of its programs are kept from. */
const confined = `User=${brokerUser}
Group=${brokerUser}
NoNewPrivileges=yes
AmbientCapabilities=
CapabilityBoundingSet=
DevicePolicy=closed
LockPersonality=yes
MemoryDenyWriteExecute=yes
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
UMask=0077
`;

/** Returns the broker's units by their paths. Pure. */
export function brokerUnits(program: string, at: Listening): ReadonlyMap<string, string> {
  return new Map([
    [brokerPath, brokerService(program)],
    [`${doorPath}.socket`, doorSocket(at)],
    [`${doorPath}.service`, doorService(at)],
  ]);
}

/**
 * Low weights and a bound of memory: ranks come first, and the cluster works without it. The
 * door is required, so that a server that runs is one that the network reaches. The door does
 * not follow the server: one that dies and comes back need not bind the address again.
 */
function brokerService(program: string): string {
  return `${mark}[Unit]
Description=Event broker of Cowherd
Requires=${door}.socket
After=network.target ${door}.socket
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${program} --config ${brokerConfiguration}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
TimeoutStopSec=10
StateDirectory=cowherd/nats
StateDirectoryMode=0700
Environment=GOMEMLIMIT=192MiB
CPUWeight=20
IOWeight=20
MemoryMax=256M
TasksMax=128
LimitNOFILE=4096
OOMScoreAdjust=500
${confined}
[Install]
WantedBy=multi-user.target
`;
}

/** The server itself binds the loopback alone, which is always there. An address that comes late or goes for a while does not matter to a socket that is bound freely. */
function doorSocket({ address, port }: Listening): string {
  return `${mark}[Unit]
Description=Event broker of Cowherd on the cluster's network

[Socket]
ListenStream=${address}:${port}
FreeBind=yes
`;
}

function doorService({ port }: Listening): string {
  return `${mark}[Unit]
Description=Event broker of Cowherd on the cluster's network
Requires=${door}.socket

[Service]
ExecStart=/lib/systemd/systemd-socket-proxyd --connections-max=192 127.0.0.1:${port}
CPUWeight=20
MemoryMax=64M
TasksMax=16
OOMScoreAdjust=500
${confined}`;
}
