package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// reviewPage is everything that is in the report, and the signature.
type reviewPage struct {
	name  *own.Entry // nil where no name is asked for
	signs []*own.Button
}

func (m *maker) review(v model.ReviewView) Page {
	p := &reviewPage{}
	var content []fyne.CanvasObject
	for _, s := range v.Sections {
		content = append(content, section(s.Title, table(s.Rows, false)...))
	}
	content = append(content, text(v.Not), strong(v.Promise))
	back := m.button(v.Back, own.Plain)
	save, agree := m.button(v.Save, own.Plain), m.button(v.Agree, own.Main)
	for _, b := range []*own.Button{save, agree} {
		if b != nil {
			p.signs = append(p.signs, b)
		}
	}
	var foot []fyne.CanvasObject
	if v.NameLabel != "" {
		p.name = m.field()
		p.name.SetText(v.Name)
		p.name.SetPlaceHolder(v.NameHint)
		p.name.OnChanged = func(s string) { m.send(model.NameTyped{Name: s}) }
		p.name.OnSubmitted = func(string) { m.send(v.Agree.Says) }
		foot = append(foot, container.New(own.NewShares(3, 4), strong(v.NameLabel), container.NewVBox(p.name)))
	}
	p.enable(v.MayAgree)
	page := m.page(frame{head: heading(model.Neutral, v.Title, v.Lead), content: content, foot: foot,
		left: []*own.Button{back}, right: []*own.Button{save, agree}, back: v.Back.Says})
	if p.name != nil {
		page.First = p.name // signing itself has to be meant: its button never is
	}
	notice := page.Update
	page.Update = func(v model.View) { // the person may sign once nothing is missing
		notice(v)
		p.enable(v.Review.MayAgree)
	}
	return page
}

func (p *reviewPage) enable(on bool) {
	for _, b := range p.signs {
		switch {
		case on && b.Disabled():
			b.Enable()
		case !on && !b.Disabled():
			b.Disable()
		}
	}
}
