// Package npmtest fetches packages of the npm registry at test time: test data and
// tools that are nobody's business outside of tests. Nothing that is shipped imports it.
package npmtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// File is one file of a package, as "axe-core@4.14.1" and "axe.min.js". It skips
// the test where npm is missing or the package cannot be fetched.
func File(t *testing.T, name, version, file string) []byte {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skipf("no npm here to fetch %s with (Debian package: npm)", name)
	}
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir, name+"@"+version)
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("%s cannot be fetched here: %v: %.300s", name, err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "node_modules", name, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
