package macos

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/assets"
	"linecheck/report/exchange"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// found is the one place in a file that fits a pattern.
func found(t *testing.T, path, pattern string) string {
	t.Helper()
	all := regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, path), -1)
	if len(all) != 1 {
		t.Fatalf("%s says %d times %s", path, len(all), pattern)
	}
	return all[0][1]
}

func TestInfo(t *testing.T) {
	info := plist(t, "Info.plist")
	scheme, _, _ := strings.Cut(exchange.LinkPrefix, ":")
	id := found(t, "../../window.go", `const appID = "(.*)"`)
	for key, want := range map[string]any{
		"CFBundleIdentifier": id, "CFBundleExecutable": "linecheck", "CFBundleName": "Linecheck", "CFBundlePackageType": "APPL",
		"CFBundleIconFile": "linecheck", "CFBundleDevelopmentRegion": "en", "CFBundleInfoDictionaryVersion": "6.0",
		"CFBundleURLTypes":          []any{map[string]any{"CFBundleTypeRole": "Viewer", "CFBundleURLName": id, "CFBundleURLSchemes": []any{scheme}}},
		"LSApplicationCategoryType": "public.app-category.utilities", "NSHighResolutionCapable": true, "NSPrincipalClass": "NSApplication",
		"LSMinimumSystemVersion": found(t, "app.sh", `(?m)^least=(.*)$`),
	} {
		if diff := cmp.Diff(want, info[key]); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	for _, key := range []string{"CFBundleShortVersionString", "CFBundleVersion"} { // the script fills them in
		if info[key] != "0.0.0" {
			t.Errorf("%s is %v", key, info[key])
		}
	}
	for key, text := range texts(t, "en.lproj/InfoPlist.strings") {
		if info[key] != text {
			t.Errorf("%s: the list says %q, its English words %q", key, info[key], text)
		}
	}
}

// texts are the pairs of a file of words.
func texts(t *testing.T, path string) map[string]string {
	t.Helper()
	line := regexp.MustCompile(`^"([A-Za-z]+)" = "([^"\\]+)";$`)
	all := map[string]string{}
	for l := range strings.Lines(read(t, path)) {
		pair := line.FindStringSubmatch(strings.TrimSuffix(l, "\n"))
		if pair == nil {
			t.Fatalf("%s has the line %q", path, l)
		}
		all[pair[1]] = pair[2]
	}
	return all
}

// Every question that macOS asks is worded in every language that the window speaks.
func TestQuestionsInEveryLanguage(t *testing.T) {
	var questions []string
	for key := range plist(t, "Info.plist") {
		if strings.HasSuffix(key, "UsageDescription") {
			questions = append(questions, key)
		}
	}
	slices.Sort(questions)
	if !slices.Contains(questions, "NSMicrophoneUsageDescription") {
		t.Error("the microphone is used without a word")
	}
	data, err := assets.Languages()
	if err != nil {
		t.Fatal(err)
	}
	var languages []struct{ Code string }
	if err := json.Unmarshal(data, &languages); err != nil {
		t.Fatal(err)
	}
	want := []string{}
	english := texts(t, "en.lproj/InfoPlist.strings")
	for _, l := range languages {
		dir := map[bool]string{false: l.Code, true: "zh-Hans"}[l.Code == "zh"] + ".lproj" // macOS tells Chinese by its script
		want = append(want, dir)
		words := texts(t, filepath.Join(dir, "InfoPlist.strings"))
		for _, q := range questions {
			if len(words[q]) < 20 || l.Code != "en" && words[q] == english[q] {
				t.Errorf("%s has no words of its own for %s", l.Code, q)
			}
		}
		if len(words) != len(questions) {
			t.Errorf("%s has %d texts for %d questions", l.Code, len(words), len(questions))
		}
	}
	slices.Sort(want)
	dirs, err := filepath.Glob("*.lproj")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, dirs); diff != "" {
		t.Error(diff)
	}
}

// The rights that the signature gives are those that are explained, and no more. Comments would
// be signed with them, and macOS was seen to stumble over some.
func TestEntitlements(t *testing.T) {
	want := map[string]any{"com.apple.security.automation.apple-events": true, "com.apple.security.device.audio-input": true}
	if diff := cmp.Diff(want, plist(t, "entitlements.plist")); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(read(t, "entitlements.plist"), "<!--") {
		t.Error("there is a comment in it")
	}
	for key := range want {
		if !strings.Contains(read(t, "README.md"), "`"+key+"`") {
			t.Errorf("README.md does not explain %s", key)
		}
	}
}
