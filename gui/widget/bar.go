package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/theme"
)

// Bar shows how far something is, or how loud: a filled part of a groove, and where
// it has a mark, the highest of late.
type Bar struct {
	widget.BaseWidget
	value, mark float64
	height      float32
}

// NewBar is a bar at zero, so many device-independent pixels high, without a mark.
func NewBar(height float32) *Bar {
	b := &Bar{height: height, mark: -1}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows a value, 0 to 1, and takes the mark away.
func (b *Bar) Set(value float64) { b.SetMarked(value, -1) }

// SetMarked shows a value and a mark, 0 to 1; a negative mark is not shown.
func (b *Bar) SetMarked(value, mark float64) {
	if b.value != value || b.mark != mark {
		b.value, b.mark = value, mark
		b.Refresh()
	}
}

// Value is what is shown, 0 to 1.
func (b *Bar) Value() float64 { return b.value }

// CreateRenderer is for Fyne.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{bar: b, groove: canvas.NewRectangle(nil), fill: canvas.NewRectangle(nil), mark: canvas.NewRectangle(nil)}
	r.colour()
	return r
}

type barRenderer struct {
	bar                *Bar
	groove, fill, mark *canvas.Rectangle
}

// markWidth is in device-independent pixels.
const markWidth = 3

func (r *barRenderer) colour() {
	w := &r.bar.BaseWidget
	r.groove.FillColor = colourOf(w, theme.Raised)
	r.groove.StrokeColor, r.groove.StrokeWidth = colourOf(w, fynetheme.ColorNameSeparator), 1
	r.fill.FillColor = colourOf(w, fynetheme.ColorNamePrimary)
	r.mark.FillColor = colourOf(w, fynetheme.ColorNameForeground)
	for _, o := range []*canvas.Rectangle{r.groove, r.fill} {
		o.CornerRadius = r.bar.height / 2
	}
}

// Layout is for Fyne, as are the methods below.
func (r *barRenderer) Layout(s fyne.Size) {
	h := r.bar.height
	top := (s.Height - h) / 2
	r.groove.Move(fyne.NewPos(0, top))
	r.groove.Resize(fyne.NewSize(s.Width, h))
	r.fill.Hidden = r.bar.value <= 0
	r.fill.Move(fyne.NewPos(0, top))
	r.fill.Resize(fyne.NewSize(max(h, s.Width*float32(min(1, r.bar.value))), h))
	r.mark.Hidden = r.bar.mark < 0
	r.mark.Move(fyne.NewPos(max(0, s.Width*float32(min(1, r.bar.mark))-markWidth), top))
	r.mark.Resize(fyne.NewSize(markWidth, h))
}

// MinSize is the bar's height, and a little width.
func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(60, r.bar.height) }

// Objects are the groove and what lies in it.
func (r *barRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.groove, r.fill, r.mark}
}

// Refresh takes over value and theme.
func (r *barRenderer) Refresh() {
	r.colour()
	r.Layout(r.bar.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

// Destroy has nothing to do.
func (r *barRenderer) Destroy() {}
