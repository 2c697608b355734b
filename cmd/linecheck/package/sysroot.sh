#!/bin/sh
# Lays out, in a folder, the libraries of Debian that the window for Linux on arm64 is linked
# against: sysroot.sh FOLDER PACKAGE ... Packages are taken apart, nothing is installed. Nothing is done where the folder has
# what this script makes of these packages.
set -eu

recipe=$(cat "$0"; echo "$*")
mkdir -p "$(dirname "$1")"
root=$(cd "$(dirname "$1")" && pwd)/$(basename "$1") # the package manager takes paths from the root alone
shift
[ "$(cat "$root.done" 2>/dev/null)" != "$recipe" ] || exit 0

# A package manager of its own, for a computer on which nothing is installed yet.
state=$root.apt
rm -rf "$root" "$state"
mkdir -p "$root" "$state/lists/partial" "$state/cache/archives/partial"
: >"$state/status"
apt() {
	apt-get -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root \
		-o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" -qq "$@"
}
apt update
apt -y --no-install-recommends --download-only install "$@"
for package in "$state"/cache/archives/*.deb; do
	dpkg-deb -x "$package" "$root"
done
rm -rf "$state"
echo "$recipe" >"$root.done"
