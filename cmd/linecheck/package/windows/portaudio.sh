#!/bin/sh
# Builds PortAudio for Windows as a static library, with WASAPI, DirectSound and MME,
# from Debian's source package: portaudio.sh FOLDER. Needs the packages of
# `.ci/deps package`. Nothing is done where the folder has what this script and its patch make.
set -eu

version=19.6.0
sha256=f5a21d7dcd6ee84397446fa1fa1a0675bb2e8a4a6dceb4305a8404698d8d1513
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
recipe=$(cat "$here/portaudio.sh" "$here/portaudio.patch" | sha256sum)
[ "$(cat "$out/recipe" 2>/dev/null)" != "$recipe" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The source comes from where the machine's packages come from, without changing its lists.
mkdir -p lists/partial cache/archives/partial none
site=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' | awk '$3 == "main" && $2 !~ /-/ { print $1, $2; exit }')
echo "deb-src $site main" >source.list
apt() { apt-get -qq -o Dir::Etc::SourceList="$work/source.list" -o Dir::Etc::SourceParts="$work/none" -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"; }
apt update
apt source --download-only portaudio19 >/dev/null
archive=portaudio19_$version.orig.tar.gz
echo "$sha256  $archive" | sha256sum --check --quiet || { echo "PortAudio's source is not the one that was tried" >&2; exit 1; }

tar xf "$archive"
cd portaudio
rm -r src/hostapi/wasapi/mingw-include # of 2016; today's mingw-w64 brings its own
patch -p1 --quiet <"$here/portaudio.patch"
log() { "$@" >"$work/log" 2>&1 || { tail -30 "$work/log" >&2; exit 1; }; }
log ./configure --host=x86_64-w64-mingw32 --prefix="$out" --enable-static --disable-shared --with-winapi=wasapi,wmme,directx \
	CFLAGS="-O2 -ffile-prefix-map=$work=." ARFLAGS=crD
log make lib/libportaudio.la
log make install
echo "$recipe" >"$out/recipe"
