#!/bin/sh
# install.sh DIR: installs the clients in JavaScript and their codecs into DIR/node_modules through npm; ends with 77, which ctest reports
# as skipped, where that cannot be done (the tests that need them then report themselves as skipped too).
set -u
package=$(dirname "$0")/package.json
installed=$1/package.json
cmp -s "$package" "$installed" && exit 0
if ! command -v npm >/dev/null; then
  echo "SKIPPED: npm is not installed"
  exit 77
fi
staging=$1/staging
rm -rf "$staging" && mkdir -p "$staging" && cp "$package" "$staging" || exit 1
if ! timeout 100 npm install --prefix "$staging" --no-package-lock --no-audit --no-fund --ignore-scripts; then
  echo "SKIPPED: npm could not install the clients"
  exit 77
fi
rm -rf "$1/node_modules" && mv "$staging/node_modules" "$1" && cp "$package" "$installed" && rm -rf "$staging"
