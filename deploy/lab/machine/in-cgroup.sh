#!/bin/sh
# in-cgroup.sh FILE... -- COMMAND [ARGUMENT...]
# Joins every cgroup.procs FILE, then becomes COMMAND, so that nothing COMMAND starts was ever outside.
while [ "$1" != -- ]; do
  echo 0 >"$1" || exit 125 # 0 is whoever writes it
  shift
done
shift
exec "$@"
