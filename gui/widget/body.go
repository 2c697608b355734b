package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Body is a page's content, which scrolls. Fyne tells screen readers nothing of what
// is inside a scrolled area: the body says it all itself.
type Body struct {
	container.Scroll
}

var _ fyne.Accessible = (*Body)(nil)

// NewBody is a body around content.
func NewBody(content fyne.CanvasObject) *Body {
	b := &Body{}
	b.Direction, b.Content = container.ScrollVerticalOnly, content
	b.ExtendBaseWidget(b)
	return b
}

// Keys scrolls by keys: Fyne scrolls by wheel and finger only.
func (b *Body) Keys(e *fyne.KeyEvent) {
	const line = 40
	y := b.Offset.Y
	switch e.Name {
	case fyne.KeyDown:
		y += line
	case fyne.KeyUp:
		y -= line
	case fyne.KeyPageDown:
		y += b.Size().Height - line
	case fyne.KeyPageUp:
		y -= b.Size().Height - line
	case fyne.KeyHome:
		y = 0
	case fyne.KeyEnd:
		y = b.Content.MinSize().Height
	default:
		return
	}
	b.ScrollToOffset(fyne.NewPos(0, max(0, min(y, b.Content.MinSize().Height-b.Size().Height))))
}

// Reveal scrolls so far that an object in the body can be seen whole. Whatever is not in
// the body is in sight anyway.
func (b *Body) Reveal(o fyne.CanvasObject) {
	if !inside(b.Content, o) || b.Size().Height == 0 {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject
	const air = 12
	top := at(o).Y - at(b).Y
	bottom := top + o.Size().Height - b.Size().Height
	switch {
	case top < air:
		b.ScrollToOffset(fyne.NewPos(0, max(0, b.Offset.Y+top-air)))
	case bottom > -air:
		b.ScrollToOffset(fyne.NewPos(0, min(b.Offset.Y+bottom+air, max(0, b.Content.MinSize().Height-b.Size().Height))))
	}
}

// inside says whether an object is in another one.
func inside(in, o fyne.CanvasObject) bool {
	switch in := in.(type) {
	case *Panel:
		return in == o || inside(in.content, o)
	case *fyne.Container:
		for _, c := range in.Objects {
			if c == o || inside(c, o) {
				return true
			}
		}
	}
	return in == o
}

// AccessibilityLabel is every text in the body, for a screen reader.
func (b *Body) AccessibilityLabel() string { return strings.Join(texts(nil, b.Content), "\n") }

// AccessibilityRole is a text's.
func (b *Body) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// texts are the visible texts of an object and what is inside it.
func texts(all []string, o fyne.CanvasObject) []string {
	if o == nil || !o.Visible() {
		return all
	}
	switch o := o.(type) {
	case *widget.Label:
		if o.Text != "" {
			all = append(all, o.Text)
		}
	case *Button:
		all = append(all, o.Text)
	case *Panel:
		all = texts(all, o.content)
	case *fyne.Container:
		for _, c := range o.Objects {
			all = texts(all, c)
		}
	}
	return all
}
