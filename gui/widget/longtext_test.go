package widget

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"linecheck/gui/model"
	"linecheck/gui/theme"
)

func TestWrapping(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"", []string{""}},
		{"twelve chars", []string{"twelve chars"}},
		{"twelve chars and more", []string{"twelve chars", "and more"}},
		{"  - a list goes on", []string{"  - a list", "  goes on"}},
		{"        far in the middle", []string{"        far", "in the", "middle"}},
		{"a-word-longer-than-a-line end", []string{"a-word-longe", "r-than-a-lin", "e end"}},
		{" an-indented-long-word", []string{" an-indented", " -long-word"}},
		{"====================", []string{"============"}},
		{"äöüäöüäöü ßß", []string{"äöüäöüäöü ßß"}},
		{"————————————————", []string{"————————————", "————"}},
	} {
		if got := wrapped(nil, c.line, 12); !slices.Equal(got, c.want) {
			t.Errorf("%q is wrapped into %q, not %q", c.line, got, c.want)
		}
	}
}

// numbered is a text of many lines that each know their number.
func numbered(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}

// seen is a long text below something else, in a body of a window.
func seen(t *testing.T, text string, size fyne.Size) (*LongText, *Body, fyne.Canvas) {
	t.Helper()
	l := NewLongText(text)
	b := NewBody(container.NewVBox(box(10, 100), l))
	w := test.NewTempWindow(t, b)
	resize(w, b, size)
	return l, b, w.Canvas()
}

func resize(w fyne.Window, b *Body, size fyne.Size) {
	w.Resize(size)
	for range 3 { // it knows its height only after its width, and the test driver does not look twice
		b.Refresh()
	}
}

// Of a long text only what is near the sight is drawn, each line at its place; whichever way it is scrolled.
func TestALongTextDrawsWhatIsInSight(t *testing.T) {
	app(t)
	const lines = 20_000
	l, b, _ := seen(t, numbered(lines), fyne.NewSize(600, 400))
	high := b.Content.MinSize().Height
	if high < lines*10 {
		t.Fatalf("%d lines are %v high", lines, high)
	}
	check := func(how string, offset float32) {
		t.Helper()
		if b.Offset.Y != offset {
			t.Errorf("%s: scrolled to %v, not %v", how, b.Offset.Y, offset)
		}
		if n := len(l.drawn); n == 0 || n > 100 {
			t.Errorf("%s: %d lines are drawn", how, n)
		}
		for _, o := range l.drawn {
			var n float32
			if _, err := fmt.Sscanf(o.(*canvas.Text).Text, "line %f", &n); err != nil || o.Position().Y != n*l.cell.Height {
				t.Errorf("%s: %q is at %v", how, o.(*canvas.Text).Text, o.Position())
			}
		}
		first := max(0, int((offset-100)/l.cell.Height))
		in := strings.Split(l.InSight(), "\n")
		if in[0] != fmt.Sprint("line ", first) && in[0] != fmt.Sprint("line ", first-1) {
			t.Errorf("%s: %q is in sight first, not line %d", how, in[0], first)
		}
		drawn := map[string]bool{}
		for _, o := range l.drawn {
			drawn[o.(*canvas.Text).Text] = true
		}
		for _, line := range in {
			if !drawn[line] {
				t.Errorf("%s: %q is in sight and not drawn", how, line)
			}
		}
	}
	check("at first", 0)
	b.Keys(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	check("Page Down", b.Size().Height-40)
	b.Keys(&fyne.KeyEvent{Name: fyne.KeyEnd})
	check("End", high-b.Size().Height)
	if !strings.HasSuffix(l.InSight(), fmt.Sprint("line ", lines-1)) {
		t.Errorf("the last line in sight is in\n%s", l.InSight())
	}
	b.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 5000)})
	check("the wheel", high-b.Size().Height-5000)
	b.ScrollToOffset(fyne.NewPos(0, 7777))
	check("the program", 7777)
}

// A long text takes the width that there is, and letters and colours of the theme.
func TestALongTextFollowsWindowAndTheme(t *testing.T) {
	a := app(t)
	long := strings.Repeat("word ", 40)
	l := NewLongText(strings.Repeat(long+"\n", 50))
	b := NewBody(container.NewVBox(l))
	w := test.NewTempWindow(t, b)
	resize(w, b, fyne.NewSize(900, 400))
	wide, lines := l.columns, len(l.lines)
	resize(w, b, fyne.NewSize(450, 400))
	if l.columns > wide*6/10 || len(l.lines) < lines*3/2 || b.Content.MinSize().Height < float32(len(l.lines))*l.cell.Height {
		t.Errorf("half as wide it has %d columns instead of %d, and %d lines instead of %d", l.columns, wide, len(l.lines), lines)
	}
	for _, o := range l.drawn {
		if o.MinSize().Width > 450 {
			t.Errorf("%q is %v wide", o.(*canvas.Text).Text, o.MinSize().Width)
		}
	}
	narrow := l.columns
	th := theme.New(model.Preferences{Look: model.LookContrast, Large: true}, "en")
	a.Settings().SetTheme(th)
	resize(w, b, fyne.NewSize(450, 400))
	t0 := l.drawn[0].(*canvas.Text)
	if l.columns >= narrow || t0.TextSize != th.Size(fynetheme.SizeNameCaptionText) || t0.Color != th.Color(fynetheme.ColorNameForeground, 0) || !t0.TextStyle.Monospace {
		t.Errorf("large it has %d columns instead of %d, %v high letters, %v", l.columns, narrow, t0.TextSize, t0.Color)
	}
}

// A screen reader is told what is in sight, and nothing before there is anything.
func TestALongTextIsRead(t *testing.T) {
	app(t)
	if s := NewLongText("a\nb").InSight(); s != "" {
		t.Errorf("%q is in sight of nobody", s)
	}
	_, b, _ := seen(t, numbered(1000), fyne.NewSize(300, 200))
	if s := b.AccessibilityLabel(); !strings.HasPrefix(s, "line 0\nline 1\n") || strings.Contains(s, "line 99") {
		t.Errorf("%q is read", s)
	}
	b.Keys(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if s := b.AccessibilityLabel(); !strings.HasSuffix(s, "line 999") {
		t.Errorf("%q is read at the end", s)
	}
}
