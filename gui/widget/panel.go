package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/theme"
)

// Panel is a quiet area behind things that belong together. Its colours
// change with the theme, which a plain rectangle's would not.
type Panel struct {
	widget.BaseWidget
	content fyne.CanvasObject
	ground  fyne.ThemeColorName
	stripe  fyne.ThemeColorName // of the bar on the left; empty for none
}

// panelInset is the room between a panel's edge and its content, in device-independent pixels.
const panelInset = 12

// NewPanel is a panel around content.
func NewPanel(content fyne.CanvasObject) *Panel { return NewTonedPanel(content, theme.Panel, "") }

// NewTonedPanel is a panel whose ground, and a bar on its left, say how something
// came out; a sign and words inside say the same.
func NewTonedPanel(content fyne.CanvasObject, ground, stripe fyne.ThemeColorName) *Panel {
	inset := layout.NewCustomPaddedLayout(panelInset, panelInset, panelInset, panelInset)
	p := &Panel{content: container.New(inset, content), ground: ground, stripe: stripe}
	p.ExtendBaseWidget(p)
	return p
}

// Content is what lies on the panel.
func (p *Panel) Content() fyne.CanvasObject { return p.content }

// CreateRenderer is for Fyne.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{panel: p, ground: canvas.NewRectangle(nil), stripe: canvas.NewRectangle(nil)}
	r.colour()
	return r
}

type panelRenderer struct {
	panel          *Panel
	ground, stripe *canvas.Rectangle
}

const (
	panelRadius = 12
	stripeWidth = 5
)

func (r *panelRenderer) colour() {
	w := &r.panel.BaseWidget
	r.ground.FillColor = colourOf(w, r.panel.ground)
	r.ground.StrokeColor, r.ground.StrokeWidth = colourOf(w, fynetheme.ColorNameSeparator), 1
	r.ground.CornerRadius = panelRadius
	r.stripe.Hidden = r.panel.stripe == ""
	if !r.stripe.Hidden {
		r.stripe.FillColor, r.stripe.CornerRadius = colourOf(w, r.panel.stripe), stripeWidth/2
		r.ground.StrokeColor = r.stripe.FillColor
	}
}

// Layout is for Fyne, as are the methods below.
func (r *panelRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.stripe.Move(fyne.NewPos(0, panelRadius))
	r.stripe.Resize(fyne.NewSize(stripeWidth, max(0, size.Height-2*panelRadius)))
	r.panel.content.Resize(size)
}

// MinSize is the content's.
func (r *panelRenderer) MinSize() fyne.Size { return r.panel.content.MinSize() }

// Objects are the ground and the content above it.
func (r *panelRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.stripe, r.panel.content}
}

// Refresh takes over the theme's colours.
func (r *panelRenderer) Refresh() {
	r.colour()
	r.ground.Refresh()
	r.stripe.Refresh()
	r.panel.content.Refresh()
}

// Destroy has nothing to do.
func (r *panelRenderer) Destroy() {}
