// Command licences collects the licences of all that is linked into the three
// programs or embedded in them, on every system that they are made for, and
// writes them to assets/licences.txt.gz, which the programs carry. It is a tool of
// the project, not a product. Which licence is acceptable does not come in here.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// file is where the text is kept, below the module's folder.
const file = "assets/licences.txt.gz"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := write(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func write(ctx context.Context) error {
	p, err := places(ctx)
	if err != nil {
		return err
	}
	text, err := collect(ctx, p)
	if err != nil {
		return err
	}
	packed, err := pack(text)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.root, filepath.FromSlash(file)), packed, 0o644)
}

// pack compresses the text: most of it is said again and again.
func pack(text string) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write([]byte(text)); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// folders are where things are on this computer.
type folders struct {
	root string // of the module
	lang string // of Go itself
}

func places(ctx context.Context) (folders, error) {
	out, err := command(ctx, "", nil, "env", "GOMOD", "GOROOT")
	if err != nil {
		return folders{}, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 2 {
		return folders{}, fmt.Errorf("go env says %q", out)
	}
	return folders{root: filepath.Dir(strings.TrimSpace(lines[0])), lang: strings.TrimSpace(lines[1])}, nil
}

// command runs the go command in a folder, with more in its environment.
func command(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	return out, nil
}

// collect is the whole text.
func collect(ctx context.Context, p folders) (string, error) {
	modules, err := linked(ctx, p.root)
	if err != nil {
		return "", err
	}
	works, err := others(p)
	if err != nil {
		return "", err
	}
	more, err := licensed(modules)
	if err != nil {
		return "", err
	}
	return render(append(works, more...)), nil
}

// licensed are the modules with their texts. It fails where one has none, and names all of those.
func licensed(modules []*module) (works []work, err error) {
	var bare []string
	for _, m := range modules {
		w, err := m.work()
		if err != nil {
			return nil, err
		}
		if len(w.texts) == 0 {
			bare = append(bare, w.name)
		}
		works = append(works, w)
	}
	if len(bare) > 0 {
		return nil, fmt.Errorf("no licence file was found in:\n  %s", strings.Join(bare, "\n  "))
	}
	return works, nil
}
