package widget

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"linecheck/assets"
)

// Icon is one of the program's own drawings, in a colour of the theme.
type Icon struct {
	widget.BaseWidget
	name   string
	colour fyne.ThemeColorName
	size   float32
}

// NewIcon is a drawing by its name, as "headset", in a colour of the theme, so many
// device-independent pixels wide and high.
func NewIcon(name string, colour fyne.ThemeColorName, size float32) *Icon {
	i := &Icon{name: name, colour: colour, size: size}
	i.ExtendBaseWidget(i)
	return i
}

// Set shows another drawing, or another colour.
func (i *Icon) Set(name string, colour fyne.ThemeColorName) {
	if i.name != name || i.colour != colour {
		i.name, i.colour = name, colour
		i.Refresh()
	}
}

// Name is which drawing is shown.
func (i *Icon) Name() string { return i.name }

// CreateRenderer is for Fyne.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	r := &iconRenderer{icon: i, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	r.image.Resource = r.drawing()
	return r
}

type iconRenderer struct {
	icon  *Icon
	image *canvas.Image
}

// drawing is the icon's file with its colour filled in.
func (r *iconRenderer) drawing() fyne.Resource {
	data, err := assets.Icon(r.icon.name + ".svg")
	if err != nil {
		fyne.LogError("an icon is missing", err)
		return nil
	}
	hex := colourHex(colourOf(&r.icon.BaseWidget, r.icon.colour))
	return fyne.NewStaticResource(r.icon.name+hex+".svg", bytes.ReplaceAll(data, []byte("currentColor"), []byte(hex)))
}

// colourOf is a colour as the theme has it where a widget is.
func colourOf(w *widget.BaseWidget, name fyne.ThemeColorName) color.Color {
	return w.Theme().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}

func colourHex(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
}

// Layout is for Fyne, as are the methods below.
func (r *iconRenderer) Layout(s fyne.Size) {
	side := min(r.icon.size, s.Width, s.Height)
	r.image.Resize(fyne.NewSquareSize(side))
	r.image.Move(fyne.NewPos((s.Width-side)/2, (s.Height-side)/2))
}

// MinSize is the icon's.
func (r *iconRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.icon.size) }

// Objects is the drawing.
func (r *iconRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.image} }

// Refresh takes over name and colour.
func (r *iconRenderer) Refresh() {
	if d := r.drawing(); d != nil && (r.image.Resource == nil || d.Name() != r.image.Resource.Name()) {
		r.image.Resource = d
		r.image.Refresh()
	}
}

// Destroy has nothing to do.
func (r *iconRenderer) Destroy() {}
