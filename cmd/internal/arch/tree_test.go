package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "linecheck"
	root   = "../../.."
)

// file is one parsed Go file.
type file struct {
	path string // below the root, with slashes
	pkg  string // the folder it is in
	test bool
	ast  *ast.File
	pos  *token.FileSet
}

func (f file) imports() []string {
	var out []string
	for _, i := range f.ast.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		out = append(out, p)
	}
	return out
}

// tree parses every Go file of the project, whatever its build tags.
func tree(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") && path != root || path == filepath.Join(root, "demo")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		files = append(files, file{path: rel, pkg: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(name, "_test.go"), ast: parsed, pos: set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files were found: the tests look in the wrong place", len(files))
	}
	return files
}

// ours is an import of ours below the module, as a folder.
func ours(path string) (string, bool) {
	return strings.CutPrefix(path, module+"/")
}

func in(pkg string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return pkg == f || strings.HasPrefix(pkg, f+"/") })
}

// reach is every package, ours and others', that a program links, by following our own files.
func reach(files []file, from string) map[string]bool {
	seen := map[string]bool{}
	var visit func(pkg string)
	visit = func(pkg string) {
		if seen[module+"/"+pkg] {
			return
		}
		seen[module+"/"+pkg] = true
		for _, f := range files {
			if f.pkg != pkg || f.test {
				continue
			}
			for _, i := range f.imports() {
				if p, ok := ours(i); ok {
					visit(p)
				} else {
					seen[i] = true
				}
			}
		}
	}
	visit(from)
	return seen
}

func TestTopLevelIsFixed(t *testing.T) {
	allowed := []string{"cmd", "checks", "gui", "report", "assets", "go.mod", "go.sum", "Makefile", "README.md", "CHANGELOG.md", "LICENSE", "bin", "dist", "demo"}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(allowed, e.Name()) && !strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s does not belong to the top level", e.Name())
		}
	}
}
