import type { HostfileLine, HostfileQuestion } from "./hostfile-oracle.ts";

/** Whether a launcher reads a text as it was meant, refuses it, or takes it for something else. */
export type Verdict = "reads" | "refuses" | "misreads";

export type HostfileCase = HostfileQuestion & {
  readonly title: string;
  readonly openMpi4: Verdict;
  readonly openMpi5: Verdict;
  readonly hydra: Verdict;
};

/** The host that has the address 192.168.56.77. */
export const twiceNamed = "named";

const one: readonly HostfileLine[] = [{ node: "node1", slots: 2 }];
const two: readonly HostfileLine[] = [...one, { node: "node2", slots: 3 }];

/**
 * Texts that Cowherd never writes, with what real launchers make of them: Open MPI 4.1.4 and
 * 5.0.7, and Hydra 4.0.2 and 4.2.1, which agree. What reads as it was meant is avoided all the
 * same: it fails later, or for a reader of the other form.
 */
export const hostfileCases: readonly HostfileCase[] = [
  {
    title: "H1: line ends of Windows",
    text: "node1 slots=2\r\nnode2 slots=3\r\n",
    meant: two,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H2: a last line without its end",
    text: "node1 slots=2\nnode2 slots=3",
    meant: two,
    openMpi4: "reads",
    openMpi5: "reads",
    hydra: "refuses",
  },
  {
    title: "H3: a comment in the last line without its end",
    text: "node1 slots=2\nnode2 slots=3\n# end",
    meant: two,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H4: a comment behind the slots",
    text: "node1 slots=2 # fast\nnode2 slots=3\n",
    meant: two,
    openMpi4: "reads",
    openMpi5: "reads",
    hydra: "refuses",
  },
  {
    title: "H5: a byte order mark",
    text: "\ufeffnode1 slots=2\nnode2 slots=3\n",
    meant: two,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H5: a name beyond ASCII",
    text: "knöten slots=2\n",
    meant: [{ node: "knöten", slots: 2 }],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H6: a host twice",
    text: "node1 slots=2\nnode2 slots=3\nnode1 slots=1\n",
    meant: [
      { node: "node1", slots: 3 },
      { node: "node2", slots: 3 },
    ],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H7: a host twice without slots",
    text: "node1\nnode1\n",
    meant: one,
    openMpi4: "reads",
    openMpi5: "reads",
    hydra: "reads",
  },
  {
    title: "H8: this host and localhost",
    text: "debian slots=2\nlocalhost slots=3\n",
    meant: [
      { node: "debian", slots: 2 },
      { node: "localhost", slots: 3 },
    ],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H9: a host by its name and by its address",
    text: `${twiceNamed} slots=2\n192.168.56.77 slots=3\n`,
    meant: [{ node: twiceNamed, slots: 5 }],
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H10: two names that are equal in short",
    text: "n1.a slots=2\nn1.b slots=3\n",
    meant: [
      { node: "n1.a", slots: 2 },
      { node: "n1.b", slots: 3 },
    ],
    openMpi4: "refuses",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H11: a host without slots",
    text: "node1 slots=0\nnode2 slots=3\n",
    meant: [
      { node: "node1", slots: 0 },
      { node: "node2", slots: 3 },
    ],
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H12: nothing but a comment",
    text: "# empty\n",
    meant: [{ node: "node1", slots: 1 }],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "misreads",
  },
  {
    title: "H13: slots below none",
    text: "node1 slots=-1\n",
    meant: one,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H13: part of a slot",
    text: "node1 slots=2.5\n",
    meant: [{ node: "node1", slots: 2.5 }],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H13: slots in words",
    text: "node1 slots=two\n",
    meant: one,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H13: slots in quotes",
    text: 'node1 slots="2"\n',
    meant: one,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H14: slots beyond a C integer",
    text: "node1 slots=99999999999\n",
    meant: [{ node: "node1", slots: 99_999_999_999 }],
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H15: the word in upper case",
    text: "node1 SLOTS=2\n",
    meant: one,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H15: the word in the singular",
    text: "node1 slot=2\n",
    meant: one,
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H16: blanks around the equals sign",
    text: "node1\tslots = 2\n",
    meant: one,
    openMpi4: "reads",
    openMpi5: "reads",
    hydra: "refuses",
  },
  {
    title: "H17: Hydra's form",
    text: "node1:2\n",
    meant: one,
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "reads",
  },
  {
    title: "H18: Hydra's form with a domain",
    text: "node1.cluster:2\n",
    meant: [{ node: "node1.cluster", slots: 2 }],
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "reads",
  },
  {
    title: "H20: Hydra's form without slots",
    text: "node1:0\n",
    meant: [{ node: "node1", slots: 0 }],
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H20: Hydra's form with slots in words",
    text: "node1:two\n",
    meant: one,
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H21: a word of the grammar for a name",
    text: "cores slots=2\n",
    meant: [{ node: "cores", slots: 2 }],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H21: a word of the newer grammar for a name",
    text: "port slots=2\n",
    meant: [{ node: "port", slots: 2 }],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H22: rank for a name",
    text: "rank slots=2\n",
    meant: [{ node: "rank", slots: 2 }],
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H23: a number for a name",
    text: "01 slots=2\n",
    meant: [{ node: "01", slots: 2 }],
    openMpi4: "misreads",
    openMpi5: "misreads",
    hydra: "refuses",
  },
  {
    title: "H24: an underscore in a name",
    text: "node_1 slots=2\n",
    meant: [{ node: "node_1", slots: 2 }],
    openMpi4: "reads",
    openMpi5: "reads",
    hydra: "refuses",
  },
  {
    title: "H25: a most below the slots",
    text: "node1 slots=4 max_slots=2\n",
    meant: [{ node: "node1", slots: 4 }],
    openMpi4: "refuses",
    openMpi5: "refuses",
    hydra: "refuses",
  },
  {
    title: "H26: an exclusion",
    text: "node1 slots=2\n^node2\n",
    meant: one,
    openMpi4: "reads",
    openMpi5: "reads",
    hydra: "refuses",
  },
  {
    title: "H28: an address of IPv6",
    text: "fd00::1 slots=2\n",
    meant: [{ node: "fd00::1", slots: 2 }],
    openMpi4: "reads",
    openMpi5: "reads",
    hydra: "refuses",
  },
];
