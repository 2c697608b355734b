package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// checksPage is the run as it goes. Only what changed is drawn again.
type checksPage struct {
	summary *widget.Label
	rows    []*checkRow
	read    *widget.Label
}

type checkRow struct {
	shown model.CheckRow
	icon  *widget.Icon
	word  *widget.Label
	bar   *widget.ProgressBar
	meter *own.Meter
	line  *fyne.Container
}

func newChecks(v model.ChecksView, send func(model.Msg)) Page {
	p := &checksPage{summary: text(v.Summary), read: text(v.Read)}
	p.read.SizeName, p.read.Hidden = theme.SizeNameSubHeadingText, v.Read == ""
	lines := make([]fyne.CanvasObject, 0, len(v.Rows))
	for _, r := range v.Rows {
		row := newCheckRow(r)
		p.rows = append(p.rows, row)
		lines = append(lines, row.line)
	}
	head := lineBox(heading(model.Neutral, v.Title), p.summary)
	page := frame{head: head, content: []fyne.CanvasObject{section("", lines...), p.read}, left: button(v.Stop, false, send, model.Stop{})}.page()
	page.Update = p.update // and no First: Enter must not stop a run
	return page
}

func newCheckRow(r model.CheckRow) *checkRow {
	row := &checkRow{shown: r, icon: widget.NewIcon(stateIcon(r.State)), word: text(r.Word), bar: widget.NewProgressBar(), meter: own.NewMeter()}
	row.bar.TextFormatter = func() string { return "" } // the word beside it says more
	row.bar.SetValue(r.Fraction)
	row.meter.Set(r.Level, r.Peak)
	bar := container.NewStack(container.New(own.NewThin(8), row.bar), row.meter)
	row.line = container.NewBorder(nil, nil, beside(row.icon), nil,
		container.New(own.NewShares(5, 3, 5), strong(r.Name), bar, row.word))
	row.hideIdle()
	return row
}

// hideIdle shows the bar, or the meter, of a running check only.
func (r *checkRow) hideIdle() {
	r.bar.Hidden = r.shown.State != model.Running || r.shown.Metered
	r.meter.Hidden = r.shown.State != model.Running || !r.shown.Metered
	r.bar.Refresh()
	r.meter.Refresh()
}

// update moves what changed.
func (p *checksPage) update(v model.View) {
	if p.summary.Text != v.Checks.Summary {
		p.summary.SetText(v.Checks.Summary)
	}
	if p.read.Text != v.Checks.Read {
		p.read.Hidden = v.Checks.Read == ""
		p.read.SetText(v.Checks.Read)
	}
	for i, r := range v.Checks.Rows {
		if i < len(p.rows) {
			p.rows[i].update(r)
		}
	}
}

func (r *checkRow) update(now model.CheckRow) {
	before := r.shown
	r.shown = now
	if before.State != now.State {
		r.icon.SetResource(stateIcon(now.State))
	}
	if before.State != now.State || before.Metered != now.Metered {
		r.hideIdle()
	}
	r.meter.Set(now.Level, now.Peak)
	if before.Fraction != now.Fraction {
		r.bar.SetValue(now.Fraction)
	}
	if before.Word != now.Word {
		r.word.SetText(now.Word)
	}
}

// stateIcon has no green: whether a value is good is not known before all are in.
func stateIcon(s model.CheckState) fyne.Resource {
	switch s {
	case model.Running:
		return theme.NewPrimaryThemedResource(theme.MediaPlayIcon())
	case model.Done:
		return theme.NewPrimaryThemedResource(theme.ConfirmIcon())
	case model.Without:
		return theme.NewWarningThemedResource(theme.WarningIcon())
	default:
		return theme.NewColoredResource(theme.RadioButtonIcon(), theme.ColorNamePlaceHolder)
	}
}
