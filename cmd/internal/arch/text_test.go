package arch

import (
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"linecheck/assets"
	"linecheck/report/advice"
)

// Every code that stands in the checks, the engine or a policy has its texts.
// A literal that looks like a code of a family, and is no metric, check or stage, is one.
func TestEveryCodeHasItsTexts(t *testing.T) {
	text, err := assets.Locale("en")
	if err != nil {
		t.Fatal(err)
	}
	words, err := advice.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range tree(t) {
		if f.test || !in(f.pkg, "checks") || in(f.pkg, "checks/probe") || slices.Contains(f.imports(), "testing") {
			continue
		}
		ast.Inspect(f.ast, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Unavailable" && sel.Sel.Name != "Skip" || len(call.Args) == 0 {
				return true
			}
			if lit, ok := call.Args[0].(*ast.BasicLit); ok {
				code, _ := strconv.Unquote(lit.Value)
				n++
				if _, ok := words.Find(code); !ok {
					t.Errorf("%s: %s has no texts", f.pos.Position(lit.Pos()), code)
				}
			}
			return true
		})
	}
	if n < 5 {
		t.Errorf("only %d codes were found: the test looks in the wrong place", n)
	}
	code := regexp.MustCompile(`^[a-z*]+(\.[a-z-]+[0-9]*)+$`)
	for _, c := range words.List() {
		if !code.MatchString(c) {
			t.Errorf("%q is not spelled like a code", c)
		}
	}
}
