package widget

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
)

// Steps shows the steps of the way: those behind with a tick, the current one with its
// name. Where there is room, every step has its name.
type Steps struct {
	widget.BaseWidget
	view model.HeaderView
}

var _ fyne.Accessible = (*Steps)(nil)

// NewSteps shows the steps of a view.
func NewSteps(v model.HeaderView) *Steps {
	s := &Steps{view: v}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows another view.
func (s *Steps) Set(v model.HeaderView) {
	s.view = v
	s.Refresh()
}

// AccessibilityLabel says where the person is, for a screen reader.
func (s *Steps) AccessibilityLabel() string { return s.view.Where }

// AccessibilityRole is a text's.
func (s *Steps) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (s *Steps) CreateRenderer() fyne.WidgetRenderer {
	r := &stepsRenderer{steps: s}
	r.make()
	return r
}

type stepsRenderer struct {
	steps   *Steps
	marks   []*canvas.Circle
	numbers []*canvas.Text
	ticks   []*Icon
	names   []*canvas.Text
	objects []fyne.CanvasObject
}

// Sizes in device-independent pixels.
const (
	markSide  = 24 // of the circle with the number
	stepGap   = 6  // between circle and name
	stepApart = 16 // between two steps
)

func (r *stepsRenderer) make() {
	r.marks, r.numbers, r.ticks, r.names, r.objects = nil, nil, nil, nil, nil
	th := r.steps.Theme()
	for i, st := range r.steps.view.Steps {
		mark := canvas.NewCircle(nil)
		mark.StrokeWidth, mark.StrokeColor = 1.5, colourOf(&r.steps.BaseWidget, fynetheme.ColorNameInputBorder)
		mark.FillColor = colourOf(&r.steps.BaseWidget, fynetheme.ColorNameBackground)
		ink, nameInk := fynetheme.ColorNamePlaceHolder, fynetheme.ColorNamePlaceHolder
		if st.Current {
			mark.FillColor = colourOf(&r.steps.BaseWidget, fynetheme.ColorNamePrimary)
			mark.StrokeColor = mark.FillColor
			ink, nameInk = fynetheme.ColorNameForegroundOnPrimary, fynetheme.ColorNameForeground
		}
		number := canvas.NewText(strconv.Itoa(i+1), colourOf(&r.steps.BaseWidget, ink))
		number.TextSize, number.TextStyle.Bold = 13, true
		tick := NewIcon("done", fynetheme.ColorNamePrimary, 16)
		number.Hidden, tick.Hidden = st.Done, !st.Done
		if st.Done {
			mark.StrokeColor = colourOf(&r.steps.BaseWidget, fynetheme.ColorNamePrimary)
		}
		name := canvas.NewText(st.Name, colourOf(&r.steps.BaseWidget, nameInk))
		name.TextSize, name.TextStyle.Bold = th.Size(fynetheme.SizeNameCaptionText), st.Current
		r.marks, r.numbers, r.ticks, r.names = append(r.marks, mark), append(r.numbers, number), append(r.ticks, tick), append(r.names, name)
		r.objects = append(r.objects, mark, number, tick, name)
	}
}

// Layout is for Fyne, as are the methods below.
func (r *stepsRenderer) Layout(s fyne.Size) {
	all := float32(0)
	for _, n := range r.names {
		all += markSide + stepGap + n.MinSize().Width + stepApart
	}
	roomy := all-stepApart <= s.Width
	room := s.Width - r.MinSize().Width // for the current name, where not all have some
	x := float32(0)
	for i, st := range r.steps.view.Steps {
		top := (s.Height - markSide) / 2
		r.marks[i].Move(fyne.NewPos(x, top))
		r.marks[i].Resize(fyne.NewSquareSize(markSide))
		n := r.numbers[i].MinSize()
		r.numbers[i].Move(fyne.NewPos(x+(markSide-n.Width)/2, (s.Height-n.Height)/2))
		r.ticks[i].Move(fyne.NewPos(x+4, top+4))
		r.ticks[i].Resize(fyne.NewSquareSize(16))
		x += markSide
		r.names[i].Hidden = !roomy && (!st.Current || r.names[i].MinSize().Width+stepGap > room)
		if !r.names[i].Hidden {
			n := r.names[i].MinSize()
			r.names[i].Move(fyne.NewPos(x+stepGap, (s.Height-n.Height)/2))
			x += stepGap + n.Width
		}
		if x += stepApart; !roomy {
			x -= stepApart / 2
		}
	}
}

// MinSize has room for the circles.
func (r *stepsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(float32(len(r.marks))*(markSide+stepApart/2), markSide+2)
}

// Objects are circles, numbers, ticks and names.
func (r *stepsRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Refresh takes over view and theme.
func (r *stepsRenderer) Refresh() {
	r.make()
	r.Layout(r.steps.Size())
	canvas.Refresh(r.steps)
}

// Destroy has nothing to do.
func (r *stepsRenderer) Destroy() {}
