package widget

import "fyne.io/fyne/v2"

// NewColumn is a layout that centres its one object and makes it no wider than
// width, in device-independent pixels: long lines are hard to read.
func NewColumn(width float32) fyne.Layout { return column(width) }

type column float32

// Layout is for Fyne.
func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		w := max(min(size.Width, float32(c)), o.MinSize().Width)
		o.Resize(fyne.NewSize(w, size.Height))
		o.Move(fyne.NewPos(max(0, (size.Width-w)/2), 0))
	}
}

// MinSize is the largest object's.
func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		s = s.Max(o.MinSize())
	}
	return s
}

// NewShares is a layout that puts objects side by side and shares the width
// out by the given parts, as the columns of a table whose lines may wrap.
func NewShares(parts ...float32) fyne.Layout { return shares(parts) }

type shares []float32

// Layout is for Fyne.
func (s shares) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var all, x float32
	for _, p := range s {
		all += p
	}
	for i, o := range objects {
		w := size.Width * s[i%len(s)] / all
		o.Resize(fyne.NewSize(w, size.Height))
		o.Move(fyne.NewPos(x, 0))
		x += w
	}
}

// MinSize is as high as the highest and as wide as all together.
func (s shares) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m.Width += o.MinSize().Width
		m.Height = max(m.Height, o.MinSize().Height)
	}
	return m
}

// NewFlow is a layout that puts objects side by side, gap apart, and goes on in the
// next line where the width ends. It is as high as its lines were at the last width.
func NewFlow(gap float32) fyne.Layout { return &flow{gap: gap} }

type flow struct {
	gap    float32
	height float32
}

// Layout is for Fyne.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x, y, line float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		if x > 0 && x+s.Width > size.Width {
			x, y, line = 0, y+line+f.gap, 0
		}
		o.Resize(s)
		o.Move(fyne.NewPos(x, y))
		x, line = x+s.Width+f.gap, max(line, s.Height)
	}
	f.height = y + line
}

// MinSize is as wide as the widest object.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		if o.Visible() {
			m = m.Max(o.MinSize())
		}
	}
	m.Height = max(m.Height, f.height)
	return m
}

// NewEnds is a layout that puts the first of its objects, so many as left, on the left and
// the others on the right, gap apart; below each other where they do not fit in one line.
// It is as high as its lines were at the last width.
func NewEnds(left int, gap float32) fyne.Layout { return &ends{left: left, gap: gap} }

type ends struct {
	left   int
	gap    float32
	height float32
}

// Layout is for Fyne.
func (e *ends) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	groups := [][]fyne.CanvasObject{objects[:e.left], objects[e.left:]}
	wide := [2]float32{e.width(groups[0]), e.width(groups[1])}
	e.height = 0
	if wide[0]+wide[1]+e.gap <= size.Width {
		e.line(groups[0], 0, 0)
		e.line(groups[1], size.Width-wide[1], 0)
		e.height = e.high(objects)
		return
	}
	for i, g := range groups {
		if len(g) == 0 {
			continue
		}
		if e.height > 0 {
			e.height += e.gap / 2
		}
		if wide[i] <= size.Width {
			e.line(g, float32(i)*(size.Width-wide[i]), e.height)
			e.height += e.high(g)
			continue
		}
		for j, o := range g { // even one group is too wide
			if j > 0 {
				e.height += e.gap / 2
			}
			s := o.MinSize()
			o.Resize(fyne.NewSize(min(s.Width, size.Width), s.Height))
			o.Move(fyne.NewPos(float32(i)*max(0, size.Width-s.Width), e.height))
			e.height += s.Height
		}
	}
}

func (e *ends) line(objects []fyne.CanvasObject, x, y float32) {
	for _, o := range objects {
		s := o.MinSize()
		o.Resize(s)
		o.Move(fyne.NewPos(x, y))
		x += s.Width + e.gap
	}
}

func (e *ends) width(objects []fyne.CanvasObject) (w float32) {
	for i, o := range objects {
		if i > 0 {
			w += e.gap
		}
		w += o.MinSize().Width
	}
	return w
}

func (e *ends) high(objects []fyne.CanvasObject) (h float32) {
	for _, o := range objects {
		h = max(h, o.MinSize().Height)
	}
	return h
}

// MinSize is as wide as the widest object.
func (e *ends) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	m.Height = max(m.Height, e.height)
	return m
}

// NewKept is a layout that keeps the place of its one object while that is hidden, and
// takes no more height than a line of text.
func NewKept() fyne.Layout { return kept{} }

type kept struct{}

// Layout is for Fyne.
func (kept) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		s := o.MinSize()
		o.Resize(s)
		o.Move(fyne.NewPos(0, (size.Height-s.Height)/2))
	}
}

// MinSize is the object's width, and a line's height.
func (kept) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m.Width = max(m.Width, o.MinSize().Width)
	}
	m.Height = 2 * lineMiddle
	return m
}

// NewThin is a layout that makes its one object as high as given, whatever the
// object asks for, and puts it at the height of a line of text beside it.
func NewThin(height float32) fyne.Layout { return thin(height) }

type thin float32

// lineMiddle is where the middle of a label's first line is, below its top.
const lineMiddle = 18

// Layout is for Fyne.
func (h thin) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(fyne.NewSize(size.Width, float32(h)))
		o.Move(fyne.NewPos(0, lineMiddle-float32(h)/2))
	}
}

// MinSize is what a line of text needs.
func (h thin) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(2*lineMiddle, max(float32(h), 2*lineMiddle))
}
