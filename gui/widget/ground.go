package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// ground is a rectangle in a colour of the theme.
type ground struct {
	widget.BaseWidget
	colour fyne.ThemeColorName
}

func newGround(colour fyne.ThemeColorName) *ground {
	g := &ground{colour: colour}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer is for Fyne.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	return &groundRenderer{WidgetRenderer: widget.NewSimpleRenderer(canvas.NewRectangle(colourOf(&g.BaseWidget, g.colour))), ground: g}
}

type groundRenderer struct {
	fyne.WidgetRenderer
	ground *ground
}

// Refresh takes over the theme's colour.
func (r *groundRenderer) Refresh() {
	if rect, ok := r.Objects()[0].(*canvas.Rectangle); ok {
		rect.FillColor = colourOf(&r.ground.BaseWidget, r.ground.colour)
		rect.Refresh()
	}
}
