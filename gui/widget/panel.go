package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/theme"
)

// Panel is a quiet area behind things that belong together. Its colours
// change with the theme, which a plain rectangle's would not.
type Panel struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

// NewPanel is a panel around content.
func NewPanel(content fyne.CanvasObject) *Panel {
	p := &Panel{content: container.NewPadded(content)}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{panel: p, ground: canvas.NewRectangle(nil)}
	r.colour()
	return r
}

type panelRenderer struct {
	panel  *Panel
	ground *canvas.Rectangle
}

func (r *panelRenderer) colour() {
	th, v := r.panel.Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.ground.FillColor = th.Color(theme.Panel, v)
	r.ground.StrokeColor = th.Color(fynetheme.ColorNameSeparator, v)
	r.ground.StrokeWidth = 1
	r.ground.CornerRadius = th.Size(fynetheme.SizeNameInputRadius)
}

// Layout is for Fyne, as are the methods below.
func (r *panelRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.panel.content.Resize(size)
}

// MinSize is the content's.
func (r *panelRenderer) MinSize() fyne.Size { return r.panel.content.MinSize() }

// Objects are the ground and the content above it.
func (r *panelRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.panel.content}
}

// Refresh takes over the theme's colours.
func (r *panelRenderer) Refresh() {
	r.colour()
	r.ground.Refresh()
	r.panel.content.Refresh()
}

// Destroy has nothing to do.
func (r *panelRenderer) Destroy() {}
