package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// verifier is the package that is compiled for the browser.
const verifier = "linecheck/cmd/internal/verifypage"

// Compile builds the verifier with the given go command, and takes the
// runtime's script from the same release. It must run inside the module.
func Compile(ctx context.Context, tool string) (Parts, error) {
	dir, err := os.MkdirTemp("", "linecheck-page-")
	if err != nil {
		return Parts{}, err
	}
	defer os.RemoveAll(dir)
	wasm := filepath.Join(dir, "verify.wasm")
	// No version control stamp: the same source gives the same page.
	build := exec.CommandContext(ctx, tool, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", wasm, verifier)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if _, err := output(build); err != nil {
		return Parts{}, err
	}
	var p Parts
	if p.Verifier, err = os.ReadFile(wasm); err != nil {
		return Parts{}, err
	}
	root, err := output(exec.CommandContext(ctx, tool, "env", "GOROOT"))
	if err != nil {
		return Parts{}, err
	}
	root = strings.TrimSpace(root)
	if p.Runtime, err = os.ReadFile(filepath.Join(root, "lib", "wasm", "wasm_exec.js")); err != nil {
		return Parts{}, err
	}
	list := exec.CommandContext(ctx, tool, "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}", verifier)
	list.Env = build.Env
	modules, err := output(list)
	if err != nil {
		return Parts{}, err
	}
	p.Licences, err = licences(root, modules)
	return p, err
}

// licences are the texts of Go's own, and of each module's: a line of the list has its name, a tab and its folder.
func licences(root, modules string) (string, error) {
	lines := slices.Sorted(strings.Lines(modules))
	var b strings.Builder
	for _, line := range slices.Compact(append([]string{"Go\t" + root}, lines...)) {
		name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "LICENSE"))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s\n\n%s\n", strings.TrimSpace(name), text)
	}
	return b.String(), nil
}

func output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, bytes.TrimSpace(exit.Stderr))
	}
	return string(out), err
}
