#!/bin/sh
# Makes Linecheck.app and its disk image for all Macs, on a Mac: app.sh [FOLDER].
# README.md beside this says what it needs and what it reads from the environment.
set -eu

fail() {
	echo "app.sh: $*" >&2
	exit 1
}

[ "$(uname -s)" = Darwin ] || fail "only a Mac can make a program for Macs"
root=$(cd "$(dirname "$0")/../../../.." && pwd)
here=$root/cmd/linecheck/package/macos
out=${1:-$root/dist}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$out/macos # stays the same from run to run, since what Go keeps of earlier builds goes by its name
mkdir -p "$work"
cd "$root"

# The least macOS: Go 1.26 needs it, and Info.plist says the same.
least=12.0
identity=${LINECHECK_SIGN_IDENTITY:-}
profile=${LINECHECK_NOTARY_PROFILE:-}
tags=$(sed -n 's/^WINDOW_TAGS := //p' Makefile)
[ -n "$tags" ] || fail "the Makefile does not say by which tags the window is built"

# portaudio PROCESSOR BOTTLE GIVEN: prints the folder that has PortAudio for a processor: the
# one given, or Homebrew's build for the least macOS, which it has for both.
portaudio() {
	prefix=$3
	if [ -z "$prefix" ]; then
		brew fetch --bottle-tag="$2" portaudio >&2
		bottle=$(brew --cache --bottle-tag="$2" portaudio)
		[ -f "$bottle" ] || fail "Homebrew has no PortAudio for $2; install it another way, and name its folder in PORTAUDIO_AMD64 or PORTAUDIO_ARM64"
		tar -tzf "$bottle" | grep -Eq '^portaudio/19\.7\.0(_[0-9]+)?/' || fail "Homebrew has another PortAudio than 19.7.0: its licence and the bill of materials (cmd/internal/shipped) are about that"
		prefix=$work/portaudio-$1
		rm -rf "$prefix"
		mkdir -p "$prefix"
		tar -xzf "$bottle" -C "$prefix" --strip-components 2
	fi
	[ -f "$prefix/lib/libportaudio.a" ] || fail "there is no lib/libportaudio.a in $prefix"
	lipo "$prefix/lib/libportaudio.a" -verify_arch "$1" || fail "$prefix/lib/libportaudio.a is not for $1"
	echo "$prefix"
}

# build GOARCH PREFIX: builds both programs for one processor, with PortAudio inside them.
# The folder is named to the linker, too: Go would not notice that only pkg-config's file has changed.
build() {
	echo "building for $1"
	mkdir -p "$work/$1"
	cat >"$work/$1/portaudio-2.0.pc" <<-END
		Name: PortAudio
		Description: Portable audio I/O
		Version: 19
		Cflags: -I$2/include
		Libs: $2/lib/libportaudio.a -framework CoreAudio -framework AudioToolbox -framework AudioUnit -framework CoreFoundation -framework CoreServices
	END
	for program in linecheck linecheck-support; do
		case $program in
		linecheck) with=$tags ;;
		*) with= ;;
		esac
		env GOOS=darwin GOARCH="$1" CGO_ENABLED=1 PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR="$work/$1" \
			CGO_CFLAGS="-O2 -g -mmacosx-version-min=$least" CGO_LDFLAGS="-O2 -g -mmacosx-version-min=$least -L$2/lib" \
			go build -trimpath -tags "$with" -ldflags=-w -o "$work/$1/$program" "./cmd/$program"
	done
}

arm64=$(portaudio arm64 arm64_monterey "${PORTAUDIO_ARM64:-}")
amd64=$(portaudio x86_64 monterey "${PORTAUDIO_AMD64:-}")
build arm64 "$arm64"
build amd64 "$amd64"

# The version is what Go wrote into the program; macOS takes only its numbers.
full=$(go version -m "$work/arm64/linecheck" | awk '$1 == "mod" { print $3 }' | sed 's/^v//')
version=$(printf '%s' "$full" | sed 's/[^0-9.].*//')
[ -n "$version" ] || full=0.0.0 version=0.0.0

app=$work/Linecheck.app
contents=$app/Contents
rm -rf "$app"
mkdir -p "$contents/MacOS" "$contents/Resources"
for program in linecheck linecheck-support; do
	lipo -create -output "$contents/MacOS/$program" "$work/arm64/$program" "$work/amd64/$program"
	strangers=$(otool -L "$contents/MacOS/$program" | awk '/^\t/ && $1 !~ /^\/(usr\/lib|System\/Library)\// { print $1 }')
	[ -z "$strangers" ] || fail "$program needs what is not part of macOS: $strangers"
done
cp "$here/Info.plist" "$contents/Info.plist"
plutil -replace CFBundleShortVersionString -string "$version" "$contents/Info.plist"
plutil -replace CFBundleVersion -string "$version" "$contents/Info.plist"
cp -R "$here"/*.lproj "$contents/Resources/"
plutil -lint -s "$contents/Info.plist" "$here/entitlements.plist" "$contents"/Resources/*.lproj/InfoPlist.strings
cp LICENSE "$contents/Resources/LICENSE.txt"
"$contents/MacOS/linecheck" licences >"$contents/Resources/licences.txt"

# The icon in the sizes up to that of its picture; macOS makes the larger ones.
icons=$work/linecheck.iconset
rm -rf "$icons"
mkdir -p "$icons"
for size in 16 32 128 256; do
	sips -z $size $size assets/icons/linecheck.png --out "$icons/icon_${size}x$size.png" >/dev/null
done
for size in 16 32 128; do
	sips -z $((2 * size)) $((2 * size)) assets/icons/linecheck.png --out "$icons/icon_${size}x$size@2x.png" >/dev/null
done
iconutil --convert icns --output "$contents/Resources/linecheck.icns" "$icons"

# Without a certificate the signature is ad hoc: it names nobody, but Macs with Apple's processors run nothing without one.
if [ -n "$identity" ]; then
	stamp=--timestamp
else
	stamp=--timestamp=none
	echo "not signed with a certificate: LINECHECK_SIGN_IDENTITY is not set"
fi
sign() { codesign --force --options runtime "$stamp" --sign "${identity:--}" "$@"; }

# notarize FILE: has Apple look at a file, and waits for the outcome.
notarize() { xcrun notarytool submit "$1" --keychain-profile "$profile" --wait; }

notarized=
if [ -z "$identity" ] || [ -z "$profile" ]; then
	echo "not notarized: LINECHECK_SIGN_IDENTITY and LINECHECK_NOTARY_PROFILE are not both set"
else
	notarized=yes
fi

# What is inside is signed before what is around it.
sign --identifier com.linecheck.linecheck-support --entitlements "$here/entitlements.plist" "$contents/MacOS/linecheck-support"
sign --entitlements "$here/entitlements.plist" "$app"
codesign --verify --deep --strict "$app"
if [ -n "$notarized" ]; then # the program by itself, so that it opens without a network, too
	rm -f "$work/Linecheck.zip"
	ditto -c -k --keepParent "$app" "$work/Linecheck.zip"
	notarize "$work/Linecheck.zip"
	xcrun stapler staple "$app"
	spctl --assess --type execute "$app"
fi

image=$out/linecheck-$full-macos.dmg
rm -rf "$work/image" "$image"
mkdir -p "$work/image"
ditto "$app" "$work/image/Linecheck.app"
ln -s /Applications "$work/image/Applications"
hdiutil create -quiet -volname Linecheck -srcfolder "$work/image" -fs HFS+ -format UDZO "$image"
if [ -n "$identity" ]; then
	codesign --force "$stamp" --sign "$identity" "$image"
fi
if [ -n "$notarized" ]; then
	notarize "$image"
	xcrun stapler staple "$image"
fi
echo "$image"
