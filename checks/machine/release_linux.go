package machine

import (
	"context"
	"io"
	"io/fs"
	"os"
	"strings"
)

// thisRelease is the distribution from os-release, which every current one has.
// The library's own way starts other programs for it, which would outlive a run
// that is stopped.
func thisRelease(context.Context) (release, error) {
	for _, path := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		if text := readFile(path); text != "" {
			r := osRelease(text)
			return r, nil
		}
	}
	return release{}, fs.ErrNotExist
}

// osRelease reads ID and VERSION_ID of an os-release file (freedesktop.org, os-release(5)).
func osRelease(text string) (r release) {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok {
			continue
		}
		value = strings.Trim(value, `"'`)
		switch key {
		case "ID":
			r.id = value
		case "VERSION_ID":
			r.version = value
		}
	}
	return r
}

// readFile is the text of a small file; empty where there is none, or none that is small.
func readFile(path string) string {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil || len(text) > maxFile {
		return ""
	}
	return string(text)
}
