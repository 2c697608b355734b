package arch

import (
	"go/ast"
	"strings"
	"testing"
)

// Every package says in its comment what the room is for.
func TestPackageComments(t *testing.T) {
	said := map[string]string{}
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		if _, ok := said[f.pkg]; !ok {
			said[f.pkg] = ""
		}
		if f.ast.Doc != nil && (strings.HasPrefix(f.ast.Doc.Text(), "Package "+f.ast.Name.Name) || strings.HasPrefix(f.ast.Doc.Text(), "Command ")) {
			if said[f.pkg] != "" {
				t.Errorf("%s has two package comments", f.pkg)
			}
			said[f.pkg] = f.ast.Doc.Text()
		}
	}
	for pkg, text := range said {
		if len(text) < 60 {
			t.Errorf("%s has no package comment that says what it is for", pkg)
		}
	}
}

// Every exported name has a doc comment.
func TestDocComments(t *testing.T) {
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && d.Doc == nil {
					t.Errorf("%s: %s has no comment", f.pos.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(t, f, d)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

func undocumented(t *testing.T, f file, g *ast.GenDecl) {
	for _, s := range g.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && g.Doc == nil && s.Doc == nil {
				t.Errorf("%s: %s has no comment", f.pos.Position(s.Pos()), s.Name.Name)
			}
		case *ast.ValueSpec:
			for _, n := range s.Names {
				if n.IsExported() && g.Doc == nil && s.Doc == nil && s.Comment == nil {
					t.Errorf("%s: %s has no comment", f.pos.Position(s.Pos()), n.Name)
				}
			}
		}
	}
}
