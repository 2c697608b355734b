package widget

import (
	"image"
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	"linecheck/gui/theme"
)

// app is an application without a display, in the program's own theme.
func app(t *testing.T) fyne.App {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(theme.New(model.Preferences{Look: model.LookLight}, "en"))
	return a
}

func TestButtonKeys(t *testing.T) {
	app(t)
	pressed, other := 0, 0
	b := NewButton("go", Main, func() { pressed++ })
	for _, k := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown} {
		b.TypedKey(&fyne.KeyEvent{Name: k})
	}
	b.Other = func(*fyne.KeyEvent) { other++ }
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	test.Tap(b)
	if pressed != 4 || other != 1 {
		t.Errorf("pressed %d times, %d other keys", pressed, other)
	}
	if b.Cursor() != desktop.PointerCursor || b.AccessibilityLabel() != "go" || b.AccessibilityRole() != fyne.AccessibleRoleButton {
		t.Error("nobody is told that it is a button")
	}
	b.Disable()
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pressed != 4 || b.Cursor() == desktop.PointerCursor {
		t.Error("Enter presses a button that is off")
	}
}

// What has the focus has a ring, and what the mouse is over is lit.
func TestButtonShowsItsState(t *testing.T) {
	app(t)
	b := NewIconButton("go", "file", Plain, nil)
	w := test.NewTempWindow(t, b)
	r := test.WidgetRenderer(b).(*buttonRenderer)
	w.Canvas().Focus(b)
	if r.ring.StrokeWidth == 0 || r.icon.Hidden {
		t.Error("no ring, or no icon")
	}
	w.Canvas().Unfocus()
	if r.ring.StrokeWidth != 0 {
		t.Error("the ring stays")
	}
	b.MouseIn(nil)
	b.MouseMoved(nil)
	if r.hover.FillColor == color.Transparent {
		t.Error("no light")
	}
	b.MouseOut()
	if r.hover.FillColor != color.Transparent {
		t.Error("the light stays")
	}
	b.TypedRune('x')
	b.Tapped(nil) // nothing to do
	b.SetText("went")
	if r.text.Text != "went" {
		t.Error("the label stays")
	}
	for _, c := range []*Button{NewOption("a", true, nil, nil), NewButton("b", Quiet, nil)} {
		test.NewTempWindow(t, c)
		if c.MinSize().Width <= 0 || c.Chosen() != (c.Text == "a") {
			t.Errorf("%q: %v", c.Text, c.MinSize())
		}
	}
}

func TestBars(t *testing.T) {
	app(t)
	b := NewBar(10)
	w := test.NewTempWindow(t, b)
	w.Resize(fyne.NewSize(200, 40))
	r := test.WidgetRenderer(b).(*barRenderer)
	if !r.fill.Hidden && r.bar.value == 0 {
		t.Error("an empty bar shows something")
	}
	b.SetMarked(0.5, 0.75)
	wide := b.Size().Width
	if got := r.fill.Size().Width; got != wide/2 || r.mark.Hidden || r.mark.Position().X != wide*0.75-markWidth {
		t.Errorf("half is %v of %v, the mark at %v", got, wide, r.mark.Position().X)
	}
	b.Set(2)
	if r.fill.Size().Width != wide || !r.mark.Hidden || b.Value() != 2 {
		t.Error("more than all")
	}
}

// Every kind of picture puts ink where its values are, in any number of values.
func TestPictures(t *testing.T) {
	app(t)
	p := NewPicture()
	w := test.NewTempWindow(t, p)
	w.Resize(fyne.NewSize(300, 140))
	r := test.WidgetRenderer(p).(*pictureRenderer)
	ink := func() (n int) {
		img := r.draw(300, 100).(*image.RGBA)
		a := color.NRGBAModel.Convert(colourOf(&p.BaseWidget, fynetheme.ColorNamePrimary)).(color.NRGBA)
		near := func(x, y uint8) bool { return max(x, y)-min(x, y) < 30 }
		for y := range 100 {
			for x := range 300 { // edges are smooth: what covers a third of a pixel counts
				if c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA); c.A > 80 && near(c.R, a.R) && near(c.G, a.G) && near(c.B, a.B) {
					n++
				}
			}
		}
		return n
	}
	p.Set(model.NoPicture, nil, 1)
	if n := ink(); n != 0 {
		t.Errorf("%d pixels of nothing", n)
	}
	for _, kind := range []model.PictureKind{model.Area, model.Trace, model.Dots, model.Bars} {
		for _, values := range [][]float64{nil, {0.5}, {0.1, 0.9}, make([]float64, 240)} {
			p.Set(kind, values, 1)
			n := ink()
			if some := slices.ContainsFunc(values, func(v float64) bool { return v > 0 }); some && n == 0 {
				t.Errorf("%s of %v: no ink", kind, values)
			}
		}
	}
	p.Set(model.Bars, []float64{1}, 1)
	full := ink()
	p.Set(model.Bars, []float64{0.5}, 1)
	if half := ink(); half < full*4/10 || half > full*6/10 {
		t.Errorf("half a bar has %d pixels, a whole one %d", half, full)
	}
}

// A screen reader gets every text of a body that can be seen, and where the person is.
func TestWhatAScreenReaderGets(t *testing.T) {
	app(t)
	hidden := widget.NewLabel("hidden")
	hidden.Hide()
	b := NewBody(container.NewVBox(widget.NewLabel("one"), NewPanel(container.NewHBox(widget.NewLabel("two"), hidden)), NewButton("three", Plain, nil), widget.NewLabel("")))
	if got := b.AccessibilityLabel(); got != "one\ntwo\nthree" || b.AccessibilityRole() != fyne.AccessibleRoleText {
		t.Errorf("%q", got)
	}
	s := NewSteps(model.HeaderView{Where: "Step 1 of 6: Welcome"})
	if s.AccessibilityLabel() != "Step 1 of 6: Welcome" || s.AccessibilityRole() != fyne.AccessibleRoleText {
		t.Errorf("%q", s.AccessibilityLabel())
	}
}

// The steps have their names where there is room; otherwise the current one has.
func TestStepsInLittleRoom(t *testing.T) {
	app(t)
	s := NewSteps(model.HeaderView{})
	s.Set(model.HeaderView{Steps: []model.StepView{{Name: "Welcome", Done: true}, {Name: "Get ready", Current: true}, {Name: "Review and sign"}}})
	r := test.WidgetRenderer(s).(*stepsRenderer)
	shown := func(width float32) (n int) {
		s.Resize(fyne.NewSize(width, 30))
		for _, name := range r.names {
			if !name.Hidden {
				n++
			}
		}
		return n
	}
	if shown(900) != 3 || shown(s.MinSize().Width) != 0 {
		t.Errorf("%d names in much room, %d in little", shown(900), shown(s.MinSize().Width))
	}
	if n := shown(s.MinSize().Width + 90); n != 1 || r.names[1].Hidden {
		t.Errorf("%d names in some room", n)
	}
}

func TestFlow(t *testing.T) {
	app(t)
	a, b, c := box(100, 20), box(100, 30), box(100, 10)
	hidden := box(500, 10)
	hidden.Hide()
	f := container.New(NewFlow(10), a, hidden, b, c)
	f.Resize(fyne.NewSize(230, 100))
	if a.Position() != fyne.NewPos(0, 0) || b.Position() != fyne.NewPos(110, 0) || c.Position() != fyne.NewPos(0, 40) || f.MinSize() != fyne.NewSize(100, 50) {
		t.Errorf("%v %v %v, needs %v", a.Position(), b.Position(), c.Position(), f.MinSize())
	}
}

// Buttons stand at both ends of a line, and below each other where there is no room.
func TestEnds(t *testing.T) {
	app(t)
	a, b, c := box(100, 20), box(100, 30), box(100, 10)
	e := container.New(NewEnds(1, 10), a, b, c)
	e.Resize(fyne.NewSize(400, 100))
	if a.Position().X != 0 || b.Position().X != 190 || c.Position().X != 300 || e.MinSize().Height != 30 {
		t.Errorf("%v %v %v, needs %v", a.Position(), b.Position(), c.Position(), e.MinSize())
	}
	e.Resize(fyne.NewSize(250, 100))
	if a.Position() != fyne.NewPos(0, 0) || b.Position() != fyne.NewPos(40, 25) || c.Position() != fyne.NewPos(150, 25) || e.MinSize() != fyne.NewSize(100, 55) {
		t.Errorf("%v %v %v, needs %v", a.Position(), b.Position(), c.Position(), e.MinSize())
	}
	e.Resize(fyne.NewSize(120, 100))
	if b.Position() != fyne.NewPos(20, 25) || c.Position() != fyne.NewPos(20, 60) {
		t.Errorf("%v %v %v, needs %v", a.Position(), b.Position(), c.Position(), e.MinSize())
	}
	all := container.New(NewEnds(0, 10), c)
	all.Resize(fyne.NewSize(50, 20))
	if c.Size().Width != 50 {
		t.Errorf("%v", c.Size())
	}
}

// What gets the focus below the edge is scrolled into sight.
func TestRevealing(t *testing.T) {
	app(t)
	var lines []fyne.CanvasObject
	for range 20 {
		lines = append(lines, box(50, 40))
	}
	top, button, field := NewButton("top", Plain, nil), NewButton("x", Plain, nil), NewEntry()
	content := container.NewVBox(top, container.NewVBox(lines...), NewPanel(container.NewVBox(button, field)))
	b := NewBody(content)
	button.OnFocus, field.OnFocus, top.OnFocus = func() { b.Reveal(button) }, func() { b.Reveal(field) }, func() { b.Reveal(top) }
	w := test.NewTempWindow(t, b)
	w.Resize(fyne.NewSize(300, 200))
	for _, f := range []fyne.Focusable{button, field, top} {
		w.Canvas().Focus(f)
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(f.(fyne.CanvasObject)).Y - fyne.CurrentApp().Driver().AbsolutePositionForObject(b).Y
		if y < 0 || y+f.(fyne.CanvasObject).Size().Height > b.Size().Height {
			t.Errorf("it stands at %v of %v", y, b.Size().Height)
		}
	}
	before := b.Offset
	b.Reveal(NewButton("elsewhere", Plain, nil))
	if b.Offset != before {
		t.Error("it scrolls for what is elsewhere")
	}
}

func TestKept(t *testing.T) {
	app(t)
	o := box(50, 20)
	c := container.New(NewKept(), o)
	c.Resize(fyne.NewSize(80, 60))
	o.Hide()
	if c.MinSize() != fyne.NewSize(50, 2*lineMiddle) || o.Position().Y != 20 {
		t.Errorf("needs %v, at %v", c.MinSize(), o.Position())
	}
}

func TestIcons(t *testing.T) {
	app(t)
	i := NewIcon("headset", fynetheme.ColorNamePrimary, 20)
	test.NewTempWindow(t, i)
	r := test.WidgetRenderer(i).(*iconRenderer)
	before := r.image.Resource.Name()
	i.Set("microphone", fynetheme.ColorNameError)
	if i.Name() != "microphone" || r.image.Resource.Name() == before || i.MinSize() != fyne.NewSquareSize(20) {
		t.Errorf("%s, %s", i.Name(), r.image.Resource.Name())
	}
	i.Set("no such icon", fynetheme.ColorNameError)
	if r.image.Resource == nil {
		t.Error("a missing icon takes the last one away")
	}
}

func box(w, h float32) *canvas.Rectangle {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func TestColumnStaysReadable(t *testing.T) {
	app(t)
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
	app(t)
	a, b := box(10, 20), box(30, 5)
	c := container.New(NewShares(1, 3), a, b)
	c.Resize(fyne.NewSize(400, 50))
	if a.Size().Width != 100 || b.Position().X != 100 || b.Size().Width != 300 || c.MinSize() != fyne.NewSize(40, 20) {
		t.Errorf("%v, %v at %v; needs %v", a.Size(), b.Size(), b.Position(), c.MinSize())
	}
}

func TestThin(t *testing.T) {
	app(t)
	o := box(10, 40)
	c := container.New(NewThin(8), o)
	c.Resize(fyne.NewSize(200, 60))
	if o.Size() != fyne.NewSize(200, 8) || o.Position().Y != lineMiddle-4 || c.MinSize().Height != 2*lineMiddle {
		t.Errorf("%v at %v; needs %v", o.Size(), o.Position(), c.MinSize())
	}
}

// Panels and grounds take over the colours of a theme that is set later.
func TestPanelFollowsTheTheme(t *testing.T) {
	a := app(t)
	p := NewTonedPanel(widget.NewLabel("x"), theme.WarnGround, fynetheme.ColorNameWarning)
	g := NewGrounded(widget.NewLabel("y"))
	w := test.NewTempWindow(t, container.NewVBox(p, g))
	w.Resize(fyne.NewSize(200, 200))
	objects := test.WidgetRenderer(p).Objects()
	back, stripe := objects[0].(*canvas.Rectangle), objects[1].(*canvas.Rectangle)
	below := test.WidgetRenderer(g.(*fyne.Container).Objects[0].(*ground)).Objects()[0].(*canvas.Rectangle)
	dark := theme.New(model.Preferences{Look: model.LookDark}, "en")
	a.Settings().SetTheme(dark)
	p.Refresh()
	g.Refresh()
	for o, name := range map[*canvas.Rectangle]fyne.ThemeColorName{back: theme.WarnGround, stripe: fynetheme.ColorNameWarning, below: theme.Panel} {
		if want := dark.Color(name, 0); o.FillColor != want {
			t.Errorf("%s is %v, not %v", name, o.FillColor, want)
		}
	}
	if p.MinSize().Width <= 0 || back.Size() != p.Size() || stripe.Hidden || p.Content() == nil {
		t.Errorf("the ground is %v, the panel %v", back.Size(), p.Size())
	}
	if NewMark(20).MinSize() != fyne.NewSquareSize(20) {
		t.Error("the mark has another size")
	}
}
