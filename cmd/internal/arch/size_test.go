package arch

import (
	"go/ast"
	"slices"
	"testing"
)

// The bounds: what is larger is hard to hold in mind, and is cut.
const (
	maxFile     = 300 // lines of a file
	maxTestFile = 500
	maxFunction = 80 // lines of a function
	p90Function = 45
)

func TestSizes(t *testing.T) {
	var all []int
	for _, f := range tree(t) {
		lines := f.pos.Position(f.ast.End()).Line
		if bound := map[bool]int{false: maxFile, true: maxTestFile}[f.test]; lines > bound {
			t.Errorf("%s has %d lines, more than %d", f.path, lines, bound)
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := f.pos.Position(fn.End()).Line - f.pos.Position(fn.Pos()).Line + 1
			if !f.test {
				all = append(all, n)
			}
			if n > maxFunction {
				t.Errorf("%s: %s has %d lines, more than %d", f.path, fn.Name.Name, n, maxFunction)
			}
		}
	}
	slices.Sort(all)
	if p90 := all[len(all)*9/10]; p90 > p90Function {
		t.Errorf("nine functions of ten have up to %d lines, more than %d", p90, p90Function)
	}
}
