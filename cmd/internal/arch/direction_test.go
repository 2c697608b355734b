package arch

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// rule says what the files below some folders may not import.
type rule struct {
	name  string
	from  func(f file) bool
	wrong func(path string) bool
}

func families() []string {
	return []string{"checks/internet", "checks/webrtc", "checks/audio", "checks/machine", "checks/network"}
}

func rules() []rule {
	product := func(folders ...string) func(file) bool {
		return func(f file) bool { return !f.test && in(f.pkg, folders...) }
	}
	list := []rule{
		{"report is the ground floor", product("report"), func(p string) bool { o, ok := ours(p); return ok && !in(o, "report") }},
		{"in report only exchange knows HTTP", func(f file) bool { return !f.test && in(f.pkg, "report") && f.pkg != "report/exchange" },
			func(p string) bool { return p == "net/http" || p == "net" }},
		{"analysis is numbers in, numbers out", product("checks/audio/analysis"), func(p string) bool { _, ok := ours(p); return ok }},
		{"the window gets checks through the session", product("gui"), func(p string) bool {
			o, ok := ours(p)
			return ok && (in(o, "checks/catalog", "checks/probe") || in(o, families()...))
		}},
		{"the window's model knows no Fyne", product("gui/model"), func(p string) bool { return strings.HasPrefix(p, "fyne.io/") }},
		{"assets import nothing of ours", product("assets"), func(p string) bool { _, ok := ours(p); return ok }},
		{"nothing imports cmd", func(f file) bool { return !in(f.pkg, "cmd") }, func(p string) bool { o, ok := ours(p); return ok && in(o, "cmd") }},
		{"checks build on report alone", product("checks"), func(p string) bool { o, ok := ours(p); return ok && !in(o, "report", "checks") }},
	}
	for _, own := range families() {
		list = append(list, rule{"families do not know each other, nor the session: " + own, product(own), func(p string) bool {
			o, ok := ours(p)
			if !ok || in(o, own, "report", "checks/internal") || o == "checks" {
				return false
			}
			return true
		}})
	}
	return list
}

func TestDirections(t *testing.T) {
	files := tree(t)
	for _, r := range rules() {
		for _, f := range files {
			if !r.from(f) {
				continue
			}
			for _, p := range f.imports() {
				if r.wrong(p) {
					t.Errorf("%s: %s imports %s", r.name, f.path, p)
				}
			}
		}
	}
}

// The rules must be able to fail: a breach of each is found.
func TestDirectionsFindABreach(t *testing.T) {
	breaches := map[string]string{
		"report/policy": module + "/checks", "report/verify": "net/http", "checks/audio/analysis": module + "/report",
		"gui/screen": module + "/checks/probe", "gui/model": "fyne.io/fyne/v2", "assets": module + "/report",
		"checks/session": module + "/cmd/internal/cli", "checks/webrtc": module + "/checks/internet", "checks/machine": module + "/checks/session",
	}
	for pkg, path := range breaches {
		f := file{path: pkg + "/x.go", pkg: pkg}
		if !slices.ContainsFunc(rules(), func(r rule) bool { return r.from(f) && r.wrong(path) }) {
			t.Errorf("no rule forbids %s to import %s", pkg, path)
		}
	}
}

func TestWhatProgramsLink(t *testing.T) {
	files := tree(t)
	for program, forbidden := range map[string][]string{
		"cmd/linecheck-recruiter": {"fyne.io/", "github.com/gordonklaus/portaudio", module + "/gui", module + "/checks/audio", "C"},
		"cmd/linecheck-support":   {"fyne.io/", module + "/checks/probe", module + "/gui"},
		"cmd/linecheck":           {module + "/checks/probe"},
	} {
		linked := reach(files, program)
		if len(linked) < 10 {
			t.Errorf("%s links only %d packages: the test looks in the wrong place", program, len(linked))
		}
		for p := range linked {
			for _, no := range forbidden {
				if p == no || strings.HasPrefix(p, no+"/") || strings.HasSuffix(no, "/") && strings.HasPrefix(p, no) {
					t.Errorf("%s links %s", program, p)
				}
			}
		}
	}
}

// report reads no clock and starts no goroutine; the protocol's client may wait.
func TestReportIsPure(t *testing.T) {
	for _, f := range tree(t) {
		if f.test || !in(f.pkg, "report") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", f.pos.Position(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep", "NewTimer", "Tick"}, n.Sel.Name) {
					t.Errorf("%s reads the clock", f.pos.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

// Outside of cmd nothing prints, ends the program or registers itself.
func TestNoHiddenWays(t *testing.T) {
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function", f.path)
			}
		}
		if in(f.pkg, "cmd") || slices.Contains(f.imports(), "testing") { // what serves tests alone may be a program's double
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch name := x.Name + "." + sel.Sel.Name; name {
			case "os.Exit", "os.Stdout", "fmt.Print", "fmt.Println", "fmt.Printf", "log.Fatal", "log.Fatalf", "log.Printf", "log.Println":
				t.Errorf("%s uses %s outside of cmd", f.pos.Position(n.Pos()), name)
			}
			return true
		})
	}
}

// A package variable may hold an error, an embedded file or a proof that a type fits an interface: nothing that changes.
func TestNoMutablePackageVariables(t *testing.T) {
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok.String() != "var" {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if !constantLike(v) {
					t.Errorf("%s: %s is a package variable", f.pos.Position(v.Pos()), v.Names[0].Name)
				}
			}
		}
	}
}

func constantLike(v *ast.ValueSpec) bool {
	if v.Names[0].Name == "_" {
		return true
	}
	if sel, ok := v.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "FS" {
		return true
	}
	if len(v.Values) != 1 {
		return false
	}
	call, ok := v.Values[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && (x.Name == "errors" && sel.Sel.Name == "New" || x.Name == "fmt" && sel.Sel.Name == "Errorf" || x.Name == "regexp" && sel.Sel.Name == "MustCompile")
}
