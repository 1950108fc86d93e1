/**
 * What the jobs of a user's Python run: fixed texts for /bin/sh, with everything that differs
 * as arguments or in the environment, never in the text.
 */

/**
 * Downloads pyenv's archive and unpacks it in a folder of its own, which then becomes .pyenv.
 * Arguments: the home, the address, and the SHA-256 or nothing.
 */
export const installPyenvScript = `set -eu
umask 022
cd -- "$1"
draft=.pyenv.cowherd-draft
rm -rf -- "$draft"
mkdir -p -- "$draft/unpacked"
ulimit -f 262144
curl --fail --silent --show-error --location --globoff --proto =http,https --connect-timeout 30 --max-time 900 \\
  --retry 2 --output "$draft/archive" -- "$2"
if [ -n "$3" ] && ! printf '%s  %s\\n' "$3" "$draft/archive" | sha256sum --check --status -; then
  echo "error: $2 has not the SHA-256 $3"
  exit 1
fi
tar --extract --gzip --no-same-owner --file="$draft/archive" --directory="$draft/unpacked"
for found in "$draft/unpacked" "$draft"/unpacked/*; do
  [ -f "$found/libexec/pyenv" ] || continue
  sync --file-system "$found"
  if [ -e .pyenv ] || [ -L .pyenv ]; then
    echo "error: $1/.pyenv is there already"
    exit 1
  fi
  mv --no-target-directory -- "$found" .pyenv
  rm -rf -- "$draft"
  exit 0
done
echo "error: $2 is no archive of pyenv: there is no libexec/pyenv in it"
exit 1
`;

/**
 * Builds a version. Arguments: the home, the version, the mark that stands until it is whole.
 *
 * What was compiled goes below the home: /tmp may be in memory, and too small. It goes when
 * the build fails, too: it may be what filled the disk.
 */
export const buildScript = `set -eu
umask 022
cd -- "$1"
: > "$3"
export TMPDIR="$1/.cache/cowherd-python-$2"
rm -rf -- "$TMPDIR"
mkdir -p -- "$TMPDIR"
trap 'rm -rf -- "$TMPDIR"' EXIT
"$PYENV_ROOT/libexec/pyenv" install --force --verbose "$2" < /dev/null
rm -rf -- "$TMPDIR"
sync --file-system "$PYENV_ROOT"
rm -- "$3"
`;

/** Makes a version the global one, and its programs visible. Argument: the version. */
export const globalScript = `set -eu
umask 022
cd -- "$HOME"
"$PYENV_ROOT/libexec/pyenv" global "$1"
"$PYENV_ROOT/libexec/pyenv" rehash
`;

/** Installs packages. Arguments: the interpreter, and what pip's install is told. */
export const pipScript = `set -eu
umask 022
cd -- "$HOME"
python=$1
shift
export TMPDIR="$HOME/.cache/cowherd-pip"
rm -rf -- "$TMPDIR"
mkdir -p -- "$TMPDIR"
"$python" -m pip install --no-input --disable-pip-version-check --no-warn-script-location --progress-bar off "$@" \\
  < /dev/null
rm -rf -- "$TMPDIR"
"$PYENV_ROOT/libexec/pyenv" rehash
`;

/** Prints which MPI library mpi4py is linked to, without MPI being initialised. For python -c. */
export const libraryProgram =
  "import mpi4py; mpi4py.rc.initialize = False; from mpi4py import MPI; print(MPI.Get_library_version())";
