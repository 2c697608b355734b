package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Meter shows a level as it is and the highest of late: a bar, and a line that
// stays where the bar was.
type Meter struct {
	widget.BaseWidget
	level, peak float64
}

// NewMeter is a meter at zero.
func NewMeter() *Meter {
	m := &Meter{}
	m.ExtendBaseWidget(m)
	return m
}

// Set shows a level and a peak, 0 to 1.
func (m *Meter) Set(level, peak float64) {
	if m.level != level || m.peak != peak {
		m.level, m.peak = level, peak
		m.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	r := &meterRenderer{meter: m, back: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type meterRenderer struct {
	meter           *Meter
	back, bar, line *canvas.Rectangle
}

// meterHeight and lineWidth are in device-independent pixels.
const meterHeight, lineWidth = 14, 3

func (r *meterRenderer) MinSize() fyne.Size { return fyne.NewSize(60, meterHeight) }
func (r *meterRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.bar, r.line}
}
func (r *meterRenderer) Destroy() {}

func (r *meterRenderer) Layout(s fyne.Size) {
	top := (s.Height - meterHeight) / 2
	at := func(o *canvas.Rectangle, x, width float32) {
		o.Move(fyne.NewPos(x, top))
		o.Resize(fyne.NewSize(width, meterHeight))
	}
	at(r.back, 0, s.Width)
	at(r.bar, 0, s.Width*float32(r.meter.level))
	at(r.line, max(0, s.Width*float32(r.meter.peak)-lineWidth), lineWidth)
}

func (r *meterRenderer) Refresh() {
	th, variant := r.meter.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.back.FillColor = th.Color(theme.ColorNameInputBackground, variant)
	r.bar.FillColor = th.Color(theme.ColorNamePrimary, variant)
	r.line.FillColor = th.Color(theme.ColorNameForeground, variant)
	r.Layout(r.meter.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
