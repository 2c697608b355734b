package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// newResult is the judgment: in words, rule by rule, and what to do.
func newResult(v model.ResultView, send func(model.Msg)) Page {
	var content []fyne.CanvasObject
	if v.Warning != "" {
		content = append(content, warning(model.Warn, v.Warning))
	}
	var rules, findings []fyne.CanvasObject
	for _, r := range v.Rules {
		rules = append(rules, rule(r))
	}
	for _, f := range v.Findings {
		findings = append(findings, finding(f))
	}
	if len(rules) > 0 {
		content = append(content, section(v.RulesTitle, rules...))
	}
	if len(findings) > 0 {
		content = append(content, section(v.FindingsTitle, findings...))
	}
	again := button(v.Again, false, send, model.Again{})
	next := slices.Concat(button(v.Retry, true, send, model.Retry{}), button(v.Next, true, send, model.ShowReview{}))
	p := frame{head: heading(v.Tone, v.Title, v.Lead), content: content, left: again, right: next}.page()
	if len(next) > 0 {
		p.First = next[0]
	}
	return p
}

// rule is one requirement in a line: how it came out, what was measured, what is needed.
func rule(r model.RuleView) fyne.CanvasObject {
	word := text(r.Word)
	word.Importance = toneImportance(r.Tone)
	return container.NewBorder(nil, nil, sign(r.Tone), nil,
		container.New(own.NewShares(6, 4, 8, 4), text(r.Name), strong(r.Measured), muted(r.Needed), word))
}

// finding is one thing that is wrong and the one thing to do.
func finding(f model.FindingView) fyne.CanvasObject {
	box := lineBox(strong(f.Title))
	for _, l := range []string{f.Why, f.Action, f.Programs} {
		if l != "" {
			box.Add(text(l))
		}
	}
	for _, l := range []string{f.Fault, f.Follows} {
		if l != "" {
			box.Add(muted(l))
		}
	}
	apart := layout.NewCustomPaddedLayout(0, 10, 0, 0)
	return container.New(apart, container.NewBorder(nil, nil, sign(f.Tone), nil, box))
}
