package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecheck/gui/model"
)

// A link that the system sends goes where one goes that a second start brings: it waits for the window,
// and only the newest counts; then it is opened at once.
func TestLinksOfTheSystem(t *testing.T) {
	first, err := claim(t.TempDir(), model.Wish{})
	if err != nil {
		t.Fatal(err)
	}
	defer first.release()
	first.giveLink("linecheck://invite/old")
	first.giveLink("linecheck://invite/new")
	for _, no := range []string{"", "/etc/passwd", "https://jobs.example/7K2QF", "file:///tmp/invite", linkScheme + strings.Repeat("x", longestWish)} {
		first.giveLink(no)
	}
	var opened []model.Wish
	first.shown(func(w model.Wish) { opened = append(opened, w) })
	first.giveLink("linecheck://invite/later")
	first.giveLink("mailto:someone@jobs.example")
	want := []model.Wish{{Text: "linecheck://invite/new"}, {Text: "linecheck://invite/later"}}
	if !slices.Equal(opened, want) {
		t.Errorf("opened %v, want %v", opened, want)
	}
}

// A file is named so that any process finds it, in whatever folder it stands.
func TestAFileIsNamedInFull(t *testing.T) {
	t.Chdir(t.TempDir())
	if w := wishOf("invite"); !filepath.IsAbs(w.File) || filepath.Base(w.File) != "invite" || w.Text != "" {
		t.Errorf("%+v", w)
	}
	if w := wishOf("linecheck://invite/x"); w != (model.Wish{Text: "linecheck://invite/x"}) {
		t.Errorf("%+v", w)
	}
}
