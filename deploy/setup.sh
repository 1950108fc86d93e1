#!/bin/sh
# Installs the npm packages that the lock file names, where they are not the ones that are
# there already. After it, the `node` of an npm script is the pinned one.
set -eu
cd "$(dirname "$0")/.."
installed=node_modules/.cowherd-installed
if ! cmp -s package-lock.json "$installed"; then
  echo "installing npm packages" >&2
  # Not `npm ci`: it refuses a lock file without the optional packages of other platforms,
  # which a mirror may lack. This takes the same versions and leaves the lock file alone.
  npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error >&2
  cp package-lock.json "$installed"
fi
version=$(PATH="$PWD/node_modules/.bin:$PATH" node --version)
case "$version" in
v24.*) ;;
*)
  echo "cowherd: needs Node 24 on this platform ($(uname -sm)), where npm has no pinned one; found $version" >&2
  exit 1
  ;;
esac
