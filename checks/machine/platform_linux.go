package machine

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// platform is the system's name and version from os-release, which every
// current distribution has. The library's own way starts other programs for it,
// which would outlive a run that is stopped.
func platform(context.Context) (name, version string, err error) {
	for _, path := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", "", err
		}
		defer f.Close()
		name, version = osRelease(io.LimitReader(f, 64<<10))
		return name, version, nil
	}
	return "", "", fs.ErrNotExist
}

// osRelease reads ID and VERSION_ID of an os-release file (freedesktop.org, os-release(5)).
func osRelease(r io.Reader) (id, version string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		key, value, ok := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if !ok {
			continue
		}
		value = strings.Trim(value, `"'`)
		switch key {
		case "ID":
			id = value
		case "VERSION_ID":
			version = value
		}
	}
	return id, version
}
