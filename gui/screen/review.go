package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// reviewPage is everything that is in the report, and the signature.
type reviewPage struct {
	name  *widget.Entry // nil where no name is asked for
	agree *own.Button
}

func newReview(v model.ReviewView, send func(model.Msg)) Page {
	p := &reviewPage{agree: own.NewButton(v.Agree, true, func() { send(model.Agree{}) })}
	var content []fyne.CanvasObject
	for _, s := range v.Sections {
		content = append(content, section(s.Title, table(s.Rows, false)...))
	}
	content = append(content, text(v.Not))
	var foot []fyne.CanvasObject
	if v.NameLabel != "" {
		p.name = widget.NewEntry()
		p.name.SetText(v.Name)
		p.name.SetPlaceHolder(v.NameHint)
		p.name.OnChanged = func(s string) { send(model.NameTyped{Name: s}) }
		p.name.OnSubmitted = func(string) { send(model.Agree{}) }
		foot = append(foot, strong(v.NameLabel), p.name)
	}
	foot = append(foot, text(v.Promise))
	p.enable(v.MayAgree)
	page := frame{head: heading(model.Neutral, v.Title, v.Lead), content: content, foot: foot,
		left: button(v.Back, false, send, model.Back{}), right: []*own.Button{p.agree}}.page()
	if p.name != nil {
		page.First = p.name // signing itself has to be meant: its button never is
	}
	// The person may sign once nothing is missing.
	page.Update = func(v model.View) { p.enable(v.Review.MayAgree) }
	return page
}

func (p *reviewPage) enable(on bool) {
	if on == !p.agree.Disabled() {
		return
	}
	if on {
		p.agree.Enable()
		return
	}
	p.agree.Disable()
}
