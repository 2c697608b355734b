package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// result is the judgment: in words, what to do, and each check.
func (m *maker) result(v model.ResultView) Page {
	var content []fyne.CanvasObject
	if v.Warning != "" {
		content = append(content, warning(model.Warn, v.Warning))
	}
	if len(v.Problems) > 0 {
		content = append(content, title(v.ProblemsTitle))
	}
	for _, p := range v.Problems {
		content = append(content, m.problem(p))
	}
	content = append(content, title(v.CardsTitle))
	for _, c := range v.Cards {
		content = append(content, m.card(c))
	}
	if tools := row(m.button(v.More, own.Plain), m.button(v.Support, own.Plain)); tools != nil {
		content = append(content, tools)
	}
	back, again := m.button(v.Back, own.Plain), m.button(v.Again, own.Plain)
	retry, next := m.button(v.Retry, own.Plain), m.button(v.Next, own.Main)
	p := m.page(frame{head: heading(v.Tone, v.Title, v.Lead), content: content, left: []*own.Button{back, again}, right: []*own.Button{retry, next}, back: v.Back.Says})
	p.First = first(next, retry)
	p.Update = nil // whatever changes changes much
	return p
}

// card is one check: how it came out, and its values against what is needed.
func (m *maker) card(c model.CardView) fyne.CanvasObject {
	state := word(c.Word, c.Tone)
	state.TextStyle.Bold = true
	head := container.NewBorder(nil, nil, sign(c.Tone), centred(m.button(c.Again, own.Quiet)), container.New(own.NewShares(3, 2), strong(c.Name), state))
	lines := []fyne.CanvasObject{head}
	for _, l := range c.Lines {
		lines = append(lines, line(l))
	}
	return own.NewPanel(lineBox(lines...))
}

// centred keeps a button from being stretched; nil stays nil.
func centred(b *own.Button) fyne.CanvasObject {
	if b == nil {
		return nil
	}
	return container.NewCenter(b)
}

// line is one value: what was measured, what is needed, and how that came out.
func line(l model.LineView) fyne.CanvasObject {
	measured := lineBox(strong(l.Measured))
	if l.Before != "" {
		measured.Add(small(l.Before))
	}
	icon := container.NewVBox(container.New(layout.NewCustomPaddedLayout(11, 0, 8, 4), own.NewIcon(toneIcon(l.Tone), toneColour(l.Tone), 16)))
	return container.NewBorder(nil, nil, icon, nil,
		container.New(own.NewShares(6, 4, 7, 4), text(l.Name), measured, muted(l.Needed), word(l.Word, l.Tone)))
}

// problem is one thing that is wrong, the one thing to do, and how to see that it helped.
func (m *maker) problem(f model.ProblemView) fyne.CanvasObject {
	head := strong(f.Title)
	head.SizeName = theme.SizeNameText
	box := lineBox(head)
	for _, l := range []string{f.Why, f.Action, f.Programs} {
		if l != "" {
			box.Add(text(l))
		}
	}
	for _, l := range []string{f.Worked, f.Fault, f.Follows} {
		if l != "" {
			box.Add(small(l))
		}
	}
	if buttons := row(m.button(f.Do, own.Plain), m.button(f.Again, own.Quiet)); buttons != nil {
		box.Add(container.New(layout.NewCustomPaddedLayout(10, 0, 6, 0), buttons))
	}
	return toned(f.Tone, container.NewBorder(nil, nil, sign(f.Tone), nil, box))
}
