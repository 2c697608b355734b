package machine

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"linecheck/checks/internal/load"
)

// thisRelease is the distribution from os-release, which every current one has.
// The library's own way starts other programs for it, which would outlive a run
// that is stopped.
func thisRelease(context.Context) (release, error) {
	text, err := smallFile("/etc/os-release")
	if errors.Is(err, fs.ErrNotExist) {
		text, err = smallFile("/usr/lib/os-release")
	}
	return osRelease(text), err
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

// smallFile is the text of a plain, small file.
func smallFile(path string) (string, error) {
	if err := load.Plain(path); err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	return string(text), err
}

// readFile is the same, where it is enough to know that there is something.
func readFile(path string) string {
	text, _ := smallFile(path)
	return text
}
