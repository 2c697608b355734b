package widget

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/vector"

	"linecheck/gui/model"
	"linecheck/gui/theme"
)

// Picture draws the values of a running check: an area, dots, a line, bars. What it
// draws is one image, painted again only when the values change.
type Picture struct {
	widget.BaseWidget
	kind   model.PictureKind
	values []float64
	most   float64
}

// NewPicture is an empty picture.
func NewPicture() *Picture {
	p := &Picture{}
	p.ExtendBaseWidget(p)
	return p
}

// Set draws other values, from 0 to most.
func (p *Picture) Set(kind model.PictureKind, values []float64, most float64) {
	p.kind, p.values, p.most = kind, values, most
	p.Refresh()
}

// CreateRenderer is for Fyne.
func (p *Picture) CreateRenderer() fyne.WidgetRenderer {
	r := &pictureRenderer{picture: p}
	r.raster = canvas.NewRaster(r.draw)
	return r
}

type pictureRenderer struct {
	picture *Picture
	raster  *canvas.Raster
	// What is painted into, and with, is used again: a picture is painted several times a second.
	image *image.RGBA
	brush vector.Rasterizer
}

// pictureHeight is in device-independent pixels, lines is how many there are behind the values.
const pictureHeight, lines = 88, 4

// draw paints the picture in a size of real pixels.
func (r *pictureRenderer) draw(w, h int) image.Image {
	p := r.picture
	if r.image == nil || r.image.Rect.Dx() != w || r.image.Rect.Dy() != h {
		r.image = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(r.image.Pix)
	scale := float32(1)
	if s := p.Size().Height; s > 0 {
		scale = float32(h) / s
	}
	d := drawing{img: r.image, brush: &r.brush, w: float32(w), h: float32(h), scale: scale}
	for i := range lines + 1 {
		y := float32(i) * (d.h - scale) / lines
		d.rect(0, y, d.w, y+scale, colourOf(&p.BaseWidget, fynetheme.ColorNameSeparator))
	}
	accent := colourOf(&p.BaseWidget, fynetheme.ColorNamePrimary)
	switch p.kind {
	case model.Area:
		soft := color.NRGBAModel.Convert(accent).(color.NRGBA)
		soft.A = 0x38
		d.area(p.points(d), soft)
		d.line(p.points(d), accent)
	case model.Trace:
		d.line(p.points(d), accent)
	case model.Dots:
		for _, at := range p.points(d) {
			d.dot(at, 3*scale, accent)
		}
	case model.Bars:
		d.bars(p.values, accent, colourOf(&p.BaseWidget, theme.Raised))
	}
	return r.image
}

// shown is how many values a picture has room for before it gets narrower steps: so
// the first values do not jump over the whole width.
const shown = 60

// points is where the values lie, in real pixels.
func (p *Picture) points(d drawing) []point {
	n := max(shown, len(p.values))
	margin := 2 * d.scale
	out := make([]point, 0, len(p.values))
	for i, v := range p.values {
		x := margin + float32(i)*(d.w-2*margin)/float32(n-1)
		out = append(out, point{x, d.h - margin - float32(v/p.most)*(d.h-2*margin)})
	}
	return out
}

type point struct{ x, y float32 }

// drawing paints shapes with smooth edges.
type drawing struct {
	img         *image.RGBA
	brush       *vector.Rasterizer
	w, h, scale float32
}

func (d drawing) fill(c color.Color, path func(z *vector.Rasterizer)) {
	z := d.brush
	z.Reset(d.img.Rect.Dx(), d.img.Rect.Dy())
	path(z)
	z.ClosePath()
	z.Draw(d.img, d.img.Rect, image.NewUniform(c), image.Point{})
}

// rect fills whole pixels.
func (d drawing) rect(x0, y0, x1, y1 float32, c color.Color) {
	whole := func(f float32) int { return int(f + 0.5) }
	at := image.Rect(whole(x0), whole(y0), max(whole(x0)+1, whole(x1)), max(whole(y0)+1, whole(y1)))
	draw.Draw(d.img, at, image.NewUniform(c), image.Point{}, draw.Src)
}

func (d drawing) area(at []point, c color.Color) {
	if len(at) < 2 {
		return
	}
	d.fill(c, func(z *vector.Rasterizer) {
		z.MoveTo(at[0].x, d.h)
		for _, p := range at {
			z.LineTo(p.x, p.y)
		}
		z.LineTo(at[len(at)-1].x, d.h)
	})
}

// line joins the points by lines of even thickness: one slim rectangle for each.
func (d drawing) line(at []point, c color.Color) {
	if len(at) == 1 {
		d.dot(at[0], 2*d.scale, c)
	}
	half := 1.2 * d.scale
	d.fill(c, func(z *vector.Rasterizer) {
		for i := 1; i < len(at); i++ {
			p, q := at[i-1], at[i]
			length := float32(math.Hypot(float64(q.x-p.x), float64(q.y-p.y)))
			if length == 0 {
				continue
			}
			nx, ny := -(q.y-p.y)/length*half, (q.x-p.x)/length*half
			z.MoveTo(p.x+nx, p.y+ny)
			z.LineTo(q.x+nx, q.y+ny)
			z.LineTo(q.x-nx, q.y-ny)
			z.LineTo(p.x-nx, p.y-ny)
			z.ClosePath()
		}
	})
}

func (d drawing) dot(at point, r float32, c color.Color) {
	const k = 0.5523 // a quarter of a circle as a cubic curve
	d.fill(c, func(z *vector.Rasterizer) {
		z.MoveTo(at.x+r, at.y)
		z.CubeTo(at.x+r, at.y+k*r, at.x+k*r, at.y+r, at.x, at.y+r)
		z.CubeTo(at.x-k*r, at.y+r, at.x-r, at.y+k*r, at.x-r, at.y)
		z.CubeTo(at.x-r, at.y-k*r, at.x-k*r, at.y-r, at.x, at.y-r)
		z.CubeTo(at.x+k*r, at.y-r, at.x+r, at.y-k*r, at.x+r, at.y)
	})
}

// bars are values 0 to 1 side by side, at most so wide that a few do not look like a wall.
func (d drawing) bars(values []float64, c, groove color.Color) {
	if len(values) == 0 {
		return
	}
	step := min(d.w/float32(len(values)), 72*d.scale)
	gap := step * 0.2
	for i, v := range values {
		x := float32(i)*step + gap/2
		d.rect(x, 0, x+step-gap, d.h, groove)
		d.rect(x, d.h*(1-float32(min(1, max(0, v)))), x+step-gap, d.h, c)
	}
}

// Layout is for Fyne, as are the methods below.
func (r *pictureRenderer) Layout(s fyne.Size) { r.raster.Resize(s) }

// MinSize is so high that a curve can be read.
func (r *pictureRenderer) MinSize() fyne.Size { return fyne.NewSize(200, pictureHeight) }

// Objects is the image.
func (r *pictureRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.raster} }

// Refresh paints again.
func (r *pictureRenderer) Refresh() { r.raster.Refresh() }

// Destroy has nothing to do.
func (r *pictureRenderer) Destroy() {}
