package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// checksPage is the list of checks. Only what changed is drawn again.
type checksPage struct {
	summary *widget.Label
	all     *own.Bar
	rows    []*checkRow
	read    *widget.Label
	reading *fyne.Container
	live    *live
}

type checkRow struct {
	shown model.CheckRow
	icon  *own.Icon
	word  *widget.Label
	bar   *own.Bar
	halt  *own.Button
	line  *fyne.Container
}

func (m *maker) checks(v model.ChecksView) Page {
	p := &checksPage{summary: widget.NewLabel(v.Summary), all: own.NewBar(8), read: text(v.Read), live: newLive()}
	p.read.SizeName = theme.SizeNameSubHeadingText
	p.reading = container.NewStack(toned(model.Unclear, p.read))
	p.reading.Hidden = v.Read == ""
	p.all.Set(v.Fraction)
	lines, skip := make([]fyne.CanvasObject, 0, len(v.Rows)), ""
	for _, r := range v.Rows {
		skip = max(skip, r.Halt.Label)
	}
	for _, r := range v.Rows {
		row := m.checkRow(r, skip)
		p.rows = append(p.rows, row)
		lines = append(lines, row.line)
	}
	back, stop, on := m.button(v.Back, own.Plain), m.button(v.Stop, own.Plain), m.button(v.Go, own.Main)
	fixed := container.New(layout.NewCustomPaddedLayout(8, 2, 0, 16), container.NewBorder(nil, nil, container.NewCenter(p.summary), nil, p.all))
	page := m.page(frame{head: heading(model.Neutral, v.Title), fixed: fixed, content: []fyne.CanvasObject{p.reading, p.live.panel, section("", lines...)}, left: []*own.Button{back, stop}, right: []*own.Button{on}, back: v.Back.Says})
	page.First = first(on) // and nothing while checks run: Enter must not stop them
	notice := page.Update
	page.Update = func(v model.View) { notice(v); p.update(v.Checks) }
	p.live.update(v.Picture)
	return page
}

// checkRow is one check; skip is the label of the button that others have, or empty.
func (m *maker) checkRow(r model.CheckRow, skip string) *checkRow {
	row := &checkRow{shown: r, icon: own.NewIcon(stateIcon(r.State)), word: text(r.Word), bar: own.NewBar(6)}
	row.bar.Set(r.Fraction)
	row.halt = m.button(r.Halt, own.Quiet)
	halt := container.New(own.NewKept())
	switch {
	case row.halt != nil: // its place stays when it goes
		halt.Add(row.halt)
	case skip != "":
		place := own.NewButton(skip, own.Quiet, nil)
		place.Hide()
		halt.Add(place)
	}
	name := container.NewBorder(nil, nil, beside(own.NewIcon(checkIcon(r.ID), theme.ColorNamePlaceHolder, 22)), nil, strong(r.Name))
	row.line = container.NewBorder(nil, nil, beside(row.icon), halt,
		container.New(own.NewShares(6, 3, 6), name, container.New(own.NewThin(6), row.bar), row.word))
	row.hideIdle()
	return row
}

// hideIdle shows the bar of a running check only, and the way to leave it out until it is over.
func (r *checkRow) hideIdle() {
	r.bar.Hidden = r.shown.State != model.Running
	r.bar.Refresh()
	if r.halt != nil && r.shown.Halt.Label == "" {
		r.halt.Hide()
	}
}

// update moves what changed.
func (p *checksPage) update(v model.ChecksView) {
	if p.summary.Text != v.Summary {
		p.summary.SetText(v.Summary)
	}
	p.all.Set(v.Fraction)
	if p.read.Text != v.Read {
		p.reading.Hidden = v.Read == ""
		p.read.SetText(v.Read)
		p.reading.Refresh()
	}
	p.live.update(v.Picture)
	for i, r := range v.Rows {
		if i < len(p.rows) {
			p.rows[i].update(r)
		}
	}
}

func (r *checkRow) update(now model.CheckRow) {
	before := r.shown
	r.shown = now
	if before.State != now.State {
		r.icon.Set(stateLook(now.State))
		r.hideIdle()
	}
	r.bar.Set(now.Fraction)
	if before.Word != now.Word {
		r.word.SetText(now.Word)
	}
}

// stateLook has no green: whether a value is good is not known before all are in.
func stateLook(s model.CheckState) (icon string, colour fyne.ThemeColorName) {
	switch s {
	case model.Running:
		return "running", theme.ColorNamePrimary
	case model.Done:
		return "done", theme.ColorNamePrimary
	case model.Without:
		return "warn", theme.ColorNameWarning
	case model.LeftOut:
		return "left-out", theme.ColorNamePlaceHolder
	default:
		return "waiting", theme.ColorNamePlaceHolder
	}
}

// stateIcon is what NewIcon wants of a state.
func stateIcon(s model.CheckState) (icon string, colour fyne.ThemeColorName, size float32) {
	icon, colour = stateLook(s)
	return icon, colour, 22
}

// live is the picture of the check that runs: a meter or a drawing, with what it shows above it.
type live struct {
	panel             *fyne.Container
	title, value, top *widget.Label
	meter             *own.Bar
	picture           *own.Picture
	shown             model.PictureView
}

func newLive() *live {
	l := &live{title: strong(""), value: strong(""), top: small(""), meter: own.NewBar(18), picture: own.NewPicture()}
	l.value.Alignment, l.top.Alignment = fyne.TextAlignTrailing, fyne.TextAlignTrailing
	head := container.New(own.NewShares(3, 2), l.title, l.value)
	drawn := container.NewStack(l.picture, container.NewBorder(container.New(layout.NewCustomPaddedLayout(-8, 0, 0, 0), l.top), nil, nil, nil))
	inset := layout.NewCustomPaddedLayout(0, 4, 9, 9)
	l.panel = container.NewStack(own.NewPanel(container.New(layout.NewCustomPaddedVBoxLayout(-4), head, container.New(inset, l.meter), container.New(inset, drawn))))
	l.panel.Hidden = true
	return l
}

func (l *live) update(v model.PictureView) {
	before := l.shown
	l.shown = v
	if v.Kind != before.Kind || v.Title != before.Title {
		l.panel.Hidden = v.Kind == model.NoPicture
		l.meter.Hidden = v.Kind != model.Level
		l.picture.Hidden, l.top.Hidden = v.Kind == model.Level, v.Kind == model.Level
		l.title.SetText(v.Title)
		l.panel.Refresh()
	}
	if v.Kind == model.NoPicture {
		return
	}
	if v.Kind == model.Level {
		l.meter.SetMarked(v.Values[0], v.Values[1])
		return
	}
	if v.Value != before.Value {
		l.value.SetText(v.Value)
	}
	if v.Top != before.Top {
		l.top.SetText(v.Top)
	}
	l.picture.Set(v.Kind, v.Values, v.Most)
}
