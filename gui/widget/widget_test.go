package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/theme"
)

func TestButtonKeys(t *testing.T) {
	test.NewTempApp(t)
	pressed, other := 0, 0
	b := NewButton("go", true, func() { pressed++ })
	for _, k := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown} {
		b.TypedKey(&fyne.KeyEvent{Name: k})
	}
	b.Other = func(*fyne.KeyEvent) { other++ }
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	test.Tap(b)
	if pressed != 4 || other != 1 || b.Importance != widget.HighImportance {
		t.Errorf("pressed %d times, %d other keys, importance %v", pressed, other, b.Importance)
	}
	b.Disable()
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pressed != 4 {
		t.Error("Enter presses a button that is off")
	}
}

func box(w, h float32) *canvas.Rectangle {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func TestColumnStaysReadable(t *testing.T) {
	test.NewTempApp(t)
	o := box(100, 20)
	c := container.New(NewColumn(400), o)
	for width, want := range map[float32][2]float32{1000: {300, 400}, 300: {0, 300}, 50: {0, 100}} {
		c.Resize(fyne.NewSize(width, 50))
		if got := [2]float32{o.Position().X, o.Size().Width}; got != want {
			t.Errorf("%v wide: at %v, %v wide", width, got[0], got[1])
		}
	}
	if c.MinSize() != fyne.NewSize(100, 20) {
		t.Errorf("needs %v", c.MinSize())
	}
}

func TestSharesOfAWidth(t *testing.T) {
	test.NewTempApp(t)
	a, b := box(10, 20), box(30, 5)
	c := container.New(NewShares(1, 3), a, b)
	c.Resize(fyne.NewSize(400, 50))
	if a.Size().Width != 100 || b.Position().X != 100 || b.Size().Width != 300 || c.MinSize() != fyne.NewSize(40, 20) {
		t.Errorf("%v, %v at %v; needs %v", a.Size(), b.Size(), b.Position(), c.MinSize())
	}
}

func TestThin(t *testing.T) {
	test.NewTempApp(t)
	o := box(10, 40)
	c := container.New(NewThin(8), o)
	c.Resize(fyne.NewSize(200, 60))
	if o.Size() != fyne.NewSize(200, 8) || o.Position().Y != lineMiddle-4 || c.MinSize().Height != 2*lineMiddle {
		t.Errorf("%v at %v; needs %v", o.Size(), o.Position(), c.MinSize())
	}
}

// A panel takes over the colours of a theme that is set later.
func TestPanelFollowsTheTheme(t *testing.T) {
	a := test.NewTempApp(t)
	p := NewPanel(widget.NewLabel("x"))
	w := test.NewTempWindow(t, p)
	w.Resize(fyne.NewSize(200, 100))
	ground := test.WidgetRenderer(p).Objects()[0].(*canvas.Rectangle)
	a.Settings().SetTheme(theme.New())
	p.Refresh()
	if want := theme.New().Color(theme.Panel, a.Settings().ThemeVariant()); ground.FillColor != want {
		t.Errorf("the panel is %v, not %v", ground.FillColor, want)
	}
	if ground.StrokeColor != theme.New().Color(fynetheme.ColorNameSeparator, a.Settings().ThemeVariant()) {
		t.Error("the panel's edge is of another theme")
	}
	if p.MinSize().Width <= 0 || ground.Size() != p.Size() {
		t.Errorf("the ground is %v, the panel %v", ground.Size(), p.Size())
	}
}
