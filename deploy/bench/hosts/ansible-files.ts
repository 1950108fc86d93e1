/** What Ansible is given on the primary: its settings, the hosts and two playbooks. Paths are in its folder. */
export const ansibleFolder = "/root/ansible";

/** The file that join.yml makes, in Open MPI's form. */
export const ansibleHostfile = "/srv/ansible/hostfile";

/** Ansible at its quickest: no copy of each module, and connections that stay. */
const settings = `[defaults]
inventory = hosts
forks = 20
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=600s -o BatchMode=yes
`;

/** What stays as it is on a host that was once made so. */
const noop = `- hosts: all
  tasks:
    - name: the cluster's user
      user: { name: ada, uid: 7788, shell: /bin/bash }
    - name: the folder of its keys
      file: { path: /home/ada/.ssh, state: directory, owner: ada, group: ada, mode: "0700" }
    - name: the nodes' names
      blockinfile: { path: /srv/ansible/hosts, create: true, block: "{{ ansible_play_hosts | join('\\\\n') }}" }
    - name: a file
      copy: { dest: /srv/ansible/motd, content: "tended\\n", mode: "0644" }
    - name: the packages
      apt: { name: [openmpi-bin], state: present }
`;

/** From a host that nothing was done on to its line: the user, its key on all, all names, and the file. */
const join = `- hosts: all
  tasks:
    - name: the user, with a key
      user: { name: ada, uid: 7788, shell: /bin/bash, generate_ssh_key: true, ssh_key_type: ed25519 }
      register: made
    - name: everybody's key
      copy:
        dest: /home/ada/.ssh/authorized_keys
        content: "{% for host in ansible_play_hosts %}{{ hostvars[host].made.ssh_public_key }}\\n{% endfor %}"
        owner: ada
        group: ada
        mode: "0600"
    - name: everybody's name
      blockinfile: { path: /srv/ansible/hosts, create: true, block: "{{ ansible_play_hosts | join('\\\\n') }}" }
    - name: the packages
      apt: { name: [openmpi-bin], state: present }
    - name: the hostfile
      copy:
        dest: ${ansibleHostfile}
        content: "{% for host in ansible_play_hosts %}{{ host }} slots={{ hostvars[host].ansible_processor_nproc }}\\n{% endfor %}"
        mode: "0644"
      run_once: true
      delegate_to: primary
`;

/** Returns all files by name, for hosts that primary reaches as root by these names. Pure. */
export function ansibleFiles(nodes: readonly string[]): Readonly<Record<string, string>> {
  return { "ansible.cfg": settings, hosts: `${nodes.join("\n")}\n`, "noop.yml": noop, "join.yml": join };
}
