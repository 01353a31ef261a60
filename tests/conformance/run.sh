#!/bin/sh
# run.sh SCRIPT: runs a client's script; ends with 77, which ctest reports as skipped, where its interpreter is missing.
case $1 in
  # Debian's: another python3 that comes first in PATH does not see the clients that Debian packages.
  *.py) interpreter=/usr/bin/python3 ;;
  *.js | *.mjs) interpreter=node ;;
esac
if ! command -v "$interpreter" >/dev/null; then
  echo "SKIPPED: $interpreter is not installed"
  exit 77
fi
exec "$interpreter" "$1"
