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
	long []*LongText
}

var _ fyne.Accessible = (*Body)(nil)

// NewBody is a body around content.
func NewBody(content fyne.CanvasObject) *Body {
	b := &Body{}
	b.Direction, b.Content = container.ScrollVerticalOnly, content
	b.OnScrolled = func(fyne.Position) { b.sight() }
	b.long = longTexts(nil, content)
	for _, l := range b.long {
		l.placed = b.sight
	}
	b.ExtendBaseWidget(b)
	return b
}

// ScrollToOffset scrolls so far.
func (b *Body) ScrollToOffset(p fyne.Position) {
	b.Scroll.ScrollToOffset(p)
	b.sight()
}

// Resize makes it so large.
func (b *Body) Resize(s fyne.Size) {
	b.Scroll.Resize(s)
	b.sight()
}

// sight tells long texts which part of them can be seen.
func (b *Body) sight() {
	for _, l := range b.long {
		y, _ := below(b.Content, l)
		l.see(b.Offset.Y-y, b.Offset.Y-y+b.Size().Height)
	}
}

// longTexts are those in an object.
func longTexts(all []*LongText, o fyne.CanvasObject) []*LongText {
	switch o := o.(type) {
	case *LongText:
		all = append(all, o)
	case *fyne.Container:
		for _, c := range o.Objects {
			all = longTexts(all, c)
		}
	}
	return all
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
	y, inside := below(b.Content, o)
	if !inside || b.Size().Height == 0 {
		return
	}
	const air = 12
	top := y - b.Offset.Y
	bottom := top + o.Size().Height - b.Size().Height
	switch {
	case top < air:
		b.ScrollToOffset(fyne.NewPos(0, max(0, b.Offset.Y+top-air)))
	case bottom > -air:
		b.ScrollToOffset(fyne.NewPos(0, min(b.Offset.Y+bottom+air, max(0, b.Content.MinSize().Height-b.Size().Height))))
	}
}

// below is how far an object is below the top of another one that it is in. Fyne itself
// knows that only of what was painted.
func below(in, o fyne.CanvasObject) (y float32, inside bool) {
	if in == o {
		return 0, true
	}
	var parts []fyne.CanvasObject
	switch in := in.(type) {
	case *Panel:
		parts = []fyne.CanvasObject{in.content}
	case *fyne.Container:
		parts = in.Objects
	}
	for _, c := range parts {
		if y, inside := below(c, o); inside {
			return c.Position().Y + y, true
		}
	}
	return 0, false
}

// AccessibilityLabel is every text in the body, for a screen reader; of a long one what is in sight.
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
	case *LongText:
		all = append(all, o.InSight())
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
