// Package widget holds what Fyne's own widgets lack, or show in another way than this
// window: a button with a clear focus that Enter presses, panels, bars, pictures of
// values, the steps of the way, a body that scrolls by keys. What they show comes from outside.
package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/theme"
)

// Kind is how much a button stands out.
type Kind int

// The kinds of buttons.
const (
	// Plain is one of several ways on.
	Plain Kind = iota
	// Main is the screen's next step.
	Main
	// Quiet is beside the way, as a link.
	Quiet
)

// Button is a button with a clear ring around it when it has the focus, which
// Enter presses as well as Space, and which may carry an icon and be chosen among others.
type Button struct {
	widget.DisableableWidget
	// Text is the label.
	Text string
	// OnTapped is what pressing does.
	OnTapped func()
	// OnFocus is called when it gets the focus; it may be nil.
	OnFocus func()
	// Other takes the keys that are not the button's; it may be nil.
	Other func(*fyne.KeyEvent)

	kind    Kind
	icon    string
	chosen  bool
	font    fyne.Resource
	focused bool
	hovered bool
}

var (
	_ fyne.Focusable    = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
	_ fyne.Accessible   = (*Button)(nil)
)

// NewButton is a button.
func NewButton(label string, kind Kind, tapped func()) *Button {
	b := &Button{Text: label, OnTapped: tapped, kind: kind}
	b.ExtendBaseWidget(b)
	return b
}

// NewIconButton is a button with a drawing before its label.
func NewIconButton(label, icon string, kind Kind, tapped func()) *Button {
	b := NewButton(label, kind, tapped)
	b.icon = icon
	return b
}

// NewOption is one of several, of which one is chosen. font draws the label; nil for the theme's.
func NewOption(label string, chosen bool, font fyne.Resource, tapped func()) *Button {
	b := NewButton(label, Plain, tapped)
	b.chosen, b.font = chosen, font
	if chosen {
		b.icon = "done"
	}
	return b
}

// Chosen says whether it is the chosen one of several.
func (b *Button) Chosen() bool { return b.chosen }

// SetText changes the label.
func (b *Button) SetText(s string) {
	if b.Text != s {
		b.Text = s
		b.Refresh()
	}
}

// Tapped presses the button.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

// TypedKey presses the button on Space and Enter.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		b.Tapped(nil)
		return
	}
	if b.Other != nil {
		b.Other(e)
	}
}

// TypedRune has nothing to do.
func (b *Button) TypedRune(rune) {}

// FocusGained shows the ring.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
	if b.OnFocus != nil {
		b.OnFocus()
	}
}

// FocusLost takes the ring away.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// MouseIn lights the button up.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.Refresh() }

// MouseMoved has nothing to do.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes the light away.
func (b *Button) MouseOut() { b.hovered = false; b.Refresh() }

// Cursor is a hand, as over everything that can be pressed.
func (b *Button) Cursor() desktop.Cursor {
	if b.Disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityLabel is the label, for a screen reader.
func (b *Button) AccessibilityLabel() string { return b.Text }

// AccessibilityRole is a button's.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer is for Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{button: b, ring: canvas.NewRectangle(color.Transparent), ground: canvas.NewRectangle(nil), hover: canvas.NewRectangle(color.Transparent), text: canvas.NewText("", nil)}
	r.icon = NewIcon("next", fynetheme.ColorNameForeground, 20)
	r.look()
	return r
}

type buttonRenderer struct {
	button              *Button
	ring, ground, hover *canvas.Rectangle
	icon                *Icon
	text                *canvas.Text
}

// Sizes of a button, in device-independent pixels.
const (
	ringWidth  = 3  // of the ring around what has the focus
	buttonSide = 18 // between edge and label
	buttonEdge = 9  // above and below the label
	iconGap    = 8
	// widestButton is what no button exceeds: in a longer label the letters are smaller.
	widestButton = 440
)

// look takes over label, state and theme.
func (r *buttonRenderer) look() {
	b := r.button
	of := func(n fyne.ThemeColorName) color.Color { return colourOf(&b.BaseWidget, n) }
	ground, text := theme.Raised, fynetheme.ColorNameForeground
	r.ground.StrokeWidth, r.ground.StrokeColor = 1, of(fynetheme.ColorNameInputBorder)
	switch {
	case b.Disabled():
		text = fynetheme.ColorNameDisabled
	case b.kind == Main:
		ground, text = fynetheme.ColorNamePrimary, fynetheme.ColorNameForegroundOnPrimary
		r.ground.StrokeWidth = 0
	case b.chosen:
		r.ground.StrokeWidth, r.ground.StrokeColor = 2, of(fynetheme.ColorNamePrimary)
	case b.kind == Quiet:
		text = fynetheme.ColorNamePrimary
	}
	r.ground.FillColor = of(ground)
	if b.kind == Quiet || b.kind == Plain {
		r.ground.FillColor = of(theme.Panel)
	}
	if b.kind == Quiet {
		r.ground.FillColor, r.ground.StrokeWidth = color.Transparent, 0
	}
	if b.Disabled() {
		r.ground.FillColor = of(theme.Raised)
	}
	radius := b.Theme().Size(fynetheme.SizeNameInputRadius)
	r.ground.CornerRadius, r.hover.CornerRadius, r.ring.CornerRadius = radius, radius, radius+ringWidth
	r.ring.StrokeWidth, r.ring.StrokeColor = 0, color.Transparent
	if b.focused {
		r.ring.StrokeWidth, r.ring.StrokeColor = ringWidth, of(theme.Ring)
	}
	r.hover.FillColor = color.Transparent
	if b.hovered && !b.Disabled() {
		r.hover.FillColor = of(fynetheme.ColorNameHover)
	}
	r.text.Text, r.text.Color = b.Text, of(text)
	r.text.TextSize, r.text.FontSource = b.Theme().Size(fynetheme.SizeNameText), b.font
	r.text.TextStyle = fyne.TextStyle{Bold: b.kind == Main || b.chosen}
	r.icon.Hidden = b.icon == ""
	if b.icon != "" {
		r.icon.Set(b.icon, text)
	}
}

// Layout is for Fyne, as are the methods below.
func (r *buttonRenderer) Layout(s fyne.Size) {
	r.ring.Resize(s)
	inner := fyne.NewSize(max(0, s.Width-2*ringWidth), max(0, s.Height-2*ringWidth))
	for _, o := range []*canvas.Rectangle{r.ground, r.hover} {
		o.Move(fyne.NewPos(ringWidth, ringWidth))
		o.Resize(inner)
	}
	r.text.TextSize = r.button.Theme().Size(fynetheme.SizeNameText)
	if room, wide := inner.Width-buttonSide, r.text.MinSize().Width; wide > room && room > 0 { // a long label in a narrow window
		r.text.TextSize *= room / wide
	}
	text := r.text.MinSize()
	x := (s.Width - text.Width) / 2
	if !r.icon.Hidden {
		side := r.icon.MinSize().Width
		x = (s.Width - text.Width - side - iconGap) / 2
		r.icon.Resize(fyne.NewSquareSize(side))
		r.icon.Move(fyne.NewPos(x, (s.Height-side)/2))
		x += side + iconGap
	}
	r.text.Move(fyne.NewPos(x, (s.Height-text.Height)/2))
	r.text.Resize(text)
}

// MinSize has room for label, icon and ring.
func (r *buttonRenderer) MinSize() fyne.Size {
	s := fyne.MeasureText(r.text.Text, r.button.Theme().Size(fynetheme.SizeNameText), r.text.TextStyle)
	if r.button.font != nil { // which MeasureText does not know
		s = r.text.MinSize()
	}
	if !r.icon.Hidden {
		s.Width += r.icon.MinSize().Width + iconGap
		s.Height = max(s.Height, r.icon.MinSize().Height)
	}
	side := float32(buttonSide)
	if r.button.kind == Quiet {
		side = buttonSide / 2
	}
	s = s.Add(fyne.NewSize(2*(side+ringWidth), 2*(buttonEdge+ringWidth)))
	s.Width = min(s.Width, widestButton)
	return s
}

// Objects are ring, ground and what stands on it.
func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.ground, r.hover, r.icon, r.text}
}

// Refresh takes over what changed.
func (r *buttonRenderer) Refresh() {
	r.look()
	r.Layout(r.button.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

// Destroy has nothing to do.
func (r *buttonRenderer) Destroy() {}
