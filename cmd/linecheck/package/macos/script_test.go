//go:build unix

package macos

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tools stand for those of a Mac: each writes down how it was called, and leaves what the next one needs.
// This shows that the script goes its way, and nothing of what a Mac makes of it.
const tools = `#!/bin/sh
name=${0##*/}
echo "$name $*" >>"$CALLS"
last=
for a; do
	[ "$last" = -o ] || [ "$last" = -output ] || [ "$last" = --output ] && to=$a
	last=$a
done
program() { printf '#!/bin/sh\necho "all licences"\n' >"$1" && chmod +x "$1"; }
case "$name $1" in
"uname -s") echo "$SYSTEM" ;;
"brew --cache") echo "$BOTTLE" ;;
"go build") [ "$CGO_ENABLED" = 1 ] && [ -f "$PKG_CONFIG_LIBDIR/portaudio-2.0.pc" ] && program "$to" ;;
"go version") printf '\tpath\tlinecheck/cmd/linecheck\n\tmod\tlinecheck\t%s\t\n' "$VERSION" ;;
"lipo -create") program "$to" ;;
"otool -L") printf '%s:\n\t/usr/lib/libSystem.B.dylib (compatibility)\n\t/System/Library/Frameworks/AVFoundation.framework/AVFoundation (c)\n%b' "$2" "$STRANGER" ;;
"iconutil --convert") : >"$to" ;;
"ditto -c") : >"$5" ;;
ditto*) cp -R "$1" "$2" ;;
hdiutil*) : >"$last" ;;
esac
`

// mac runs the script as if on a Mac, and returns the calls of its tools and what it printed.
func mac(t *testing.T, out string, env ...string) (calls []string, printed string, err error) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"uname", "brew", "go", "lipo", "otool", "plutil", "sips", "iconutil", "codesign", "xcrun", "spctl", "ditto", "hdiutil"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(tools), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(dir, "calls")
	cmd := exec.Command("sh", "app.sh", out)
	cmd.Env = append([]string{"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH"), "CALLS=" + log, "BOTTLE=" + bottle(t), "SYSTEM=Darwin", "VERSION=v1.2.3-rc.1"}, env...)
	said, err := cmd.CombinedOutput()
	data, _ := os.ReadFile(log) // none where nothing was called
	return strings.Split(strings.TrimSpace(string(data)), "\n"), string(said), err
}

// bottle is PortAudio as Homebrew packs it.
func bottle(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	lib := filepath.Join(dir, "portaudio", "19.7.0", "lib")
	if err := os.MkdirAll(lib, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lib, "libportaudio.a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "bottle.tar.gz")
	if out, err := exec.Command("tar", "-czf", file, "-C", dir, "portaudio").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// inOrder says whether calls that begin so and hold so come one after the other.
func inOrder(t *testing.T, calls []string, want ...[2]string) {
	t.Helper()
	at := 0
	for _, w := range want {
		for at < len(calls) && !(strings.HasPrefix(calls[at], w[0]) && strings.Contains(calls[at], w[1])) {
			at++
		}
		if at == len(calls) {
			t.Fatalf("no %q with %q, or not in its turn:\n%s", w[0], w[1], strings.Join(calls, "\n"))
		}
		at++
	}
}

func none(t *testing.T, calls []string, begin, part string) {
	t.Helper()
	for _, c := range calls {
		if strings.HasPrefix(c, begin) && strings.Contains(c, part) {
			t.Errorf("%q was called", c)
		}
	}
}

func TestTheScriptWithoutACertificate(t *testing.T) {
	out := t.TempDir()
	calls, said, err := mac(t, out)
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	inOrder(t, calls,
		[2]string{"brew fetch", "--bottle-tag=arm64_monterey portaudio"}, [2]string{"lipo", "-verify_arch arm64"},
		[2]string{"brew fetch", "--bottle-tag=monterey portaudio"}, [2]string{"lipo", "-verify_arch x86_64"},
		[2]string{"go build", "-tags " + found(t, "../../../../Makefile", `(?m)^WINDOW_TAGS := (.*)$`)}, [2]string{"go build", "./cmd/linecheck-support"},
		[2]string{"go build", "/amd64/linecheck "}, [2]string{"lipo -create", "/arm64/linecheck "},
		[2]string{"plutil -replace CFBundleShortVersionString", "1.2.3 "}, [2]string{"plutil -replace CFBundleVersion", "1.2.3 "},
		[2]string{"iconutil", "linecheck.icns"},
		[2]string{"codesign", "--options runtime --timestamp=none --sign - --identifier"}, [2]string{"codesign", "--options runtime --timestamp=none --sign - --entitlements"},
		[2]string{"codesign --verify", "Linecheck.app"}, [2]string{"hdiutil create", "linecheck-1.2.3-rc.1-macos.dmg"},
	)
	none(t, calls, "xcrun", "")
	none(t, calls, "codesign", ".dmg")
	for _, line := range []string{"not signed with a certificate: ", "not notarized: "} {
		if strings.Count(said, line) != 1 {
			t.Errorf("it does not say %q once:\n%s", line, said)
		}
	}
	contents := filepath.Join(out, "macos", "image", "Linecheck.app", "Contents")
	for _, name := range []string{"Info.plist", "MacOS/linecheck", "MacOS/linecheck-support", "Resources/linecheck.icns", "Resources/LICENSE.txt", "Resources/licences.txt", "Resources/de.lproj/InfoPlist.strings", "Resources/zh-Hans.lproj/InfoPlist.strings"} {
		if st, err := os.Stat(filepath.Join(contents, name)); err != nil || st.Size() == 0 && !strings.HasSuffix(name, ".icns") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if to, err := os.Readlink(filepath.Join(out, "macos", "image", "Applications")); to != "/Applications" {
		t.Errorf("the image leads to %q: %v", to, err)
	}
}

func TestTheScriptWithACertificate(t *testing.T) {
	calls, said, err := mac(t, t.TempDir(), "LINECHECK_SIGN_IDENTITY=Developer ID Application: Someone", "LINECHECK_NOTARY_PROFILE=linecheck")
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	const by = "--timestamp --sign Developer ID Application: Someone"
	inOrder(t, calls,
		[2]string{"codesign --force --options runtime " + by, "MacOS/linecheck-support"}, [2]string{"codesign --force --options runtime " + by + " --entitlements", "Linecheck.app"},
		[2]string{"codesign --verify", ""}, [2]string{"xcrun notarytool submit", "Linecheck.zip --keychain-profile linecheck --wait"}, [2]string{"xcrun stapler staple", "Linecheck.app"},
		[2]string{"spctl --assess", "Linecheck.app"}, [2]string{"hdiutil create", ".dmg"}, [2]string{"codesign --force " + by, ".dmg"},
		[2]string{"xcrun notarytool submit", ".dmg --keychain-profile linecheck --wait"}, [2]string{"xcrun stapler staple", ".dmg"},
	)
	if strings.Contains(said, "not ") {
		t.Errorf("it says:\n%s", said)
	}
	calls, said, err = mac(t, t.TempDir(), "LINECHECK_SIGN_IDENTITY=someone")
	if err != nil || !strings.Contains(said, "not notarized: ") {
		t.Fatalf("signed alone: %v: %s", err, said)
	}
	none(t, calls, "xcrun", "")
}

func TestWhatTheScriptRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		says string
	}{
		"another system":       {[]string{"SYSTEM=Linux"}, "only a Mac"},
		"no bottle":            {[]string{"BOTTLE=/nowhere"}, "PORTAUDIO_AMD64 or PORTAUDIO_ARM64"},
		"an empty folder":      {[]string{"PORTAUDIO_ARM64=" + t.TempDir()}, "there is no lib/libportaudio.a in"},
		"a library in the way": {[]string{`STRANGER=\t/opt/homebrew/lib/libportaudio.2.dylib (c)\n`}, "linecheck needs what is not part of macOS: /opt/homebrew/lib/libportaudio.2.dylib"},
	} {
		calls, said, err := mac(t, t.TempDir(), c.env...)
		if err == nil || !strings.Contains(said, c.says) {
			t.Errorf("%s: %v: %s", name, err, said)
		}
		none(t, calls, "hdiutil", "")
	}
}

func TestTheScriptIsAScript(t *testing.T) {
	if out, err := exec.Command("sh", "-n", "app.sh").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if st, err := os.Stat("app.sh"); err != nil || st.Mode()&0o100 == 0 {
		t.Errorf("it cannot be run: %v", err)
	}
}
