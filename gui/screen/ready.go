package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// readyPage helps to prepare. Its tips and its meter change while it is shown.
type readyPage struct {
	send  func(model.Msg)
	tips  *fyne.Container
	shown []model.TipView

	input, output *widget.Select
	names         [2][]string
	meter         *own.Bar
	meterText     *widget.Label
}

func (m *maker) ready(v model.ReadyView) Page {
	p := &readyPage{send: m.send, tips: lineBox(), meter: own.NewBar(14), meterText: small(v.Sound.Meter)}
	p.input, p.output = widget.NewSelect(nil, nil), widget.NewSelect(nil, nil)
	row := func(label string, choice fyne.CanvasObject) fyne.CanvasObject {
		return container.New(own.NewShares(2, 5), muted(label), choice)
	}
	play := m.iconButton(v.Sound.Play, "headset", own.Plain)
	var beside fyne.CanvasObject = p.output
	if play != nil {
		beside = container.NewBorder(nil, nil, nil, play, container.New(layout.NewCustomPaddedLayout(3, 3, 0, 6), p.output))
	}
	sound := section(v.Sound.Title, container.New(layout.NewCustomPaddedVBoxLayout(2),
		row(v.Sound.Input.Label, container.New(layout.NewCustomPaddedLayout(3, 3, 0, 0), p.input)),
		row("", container.New(layout.NewCustomPaddedVBoxLayout(-4), p.meter, p.meterText)),
		row(v.Sound.Output.Label, beside)))
	content := []fyne.CanvasObject{own.NewPanel(p.tips), sound}
	if v.Kept != "" {
		content = append([]fyne.CanvasObject{warning(model.Good, v.Kept)}, content...)
	}
	back, start := m.button(v.Back, own.Plain), m.button(v.Go, own.Main)
	page := m.page(frame{head: heading(model.Neutral, v.Title, v.Lead), content: content, left: []*own.Button{back}, right: []*own.Button{start}, back: v.Back.Says})
	page.First = first(start)
	notice := page.Update
	page.Update = func(v model.View) { notice(v); p.update(v.Ready) }
	p.update(v)
	return page
}

func (p *readyPage) update(v model.ReadyView) {
	if !slices.Equal(p.shown, v.Tips) {
		p.shown = v.Tips
		p.tips.RemoveAll()
		for _, t := range v.Tips {
			p.tips.Add(container.NewBorder(nil, nil, sign(t.Tone), nil, container.New(own.NewShares(2, 3), strong(t.Title), muted(t.Text))))
		}
	}
	p.choices(v.Sound)
	p.meter.SetMarked(v.Sound.Level, v.Sound.Peak)
	if p.meterText.Text != v.Sound.Meter {
		p.meterText.SetText(v.Sound.Meter)
	}
}

// choices brings the devices in line with what there is.
func (p *readyPage) choices(v model.SoundView) {
	set := func(i int, choice *widget.Select, c model.ChoiceOfDevice) {
		names := append([]string{v.System}, c.Names...)
		at := 1 + slices.Index(c.Names, c.Chosen)
		if slices.Equal(p.names[i], names) && choice.SelectedIndex() == at {
			return
		}
		p.names[i] = names
		choice.OnChanged = nil // only the person chooses
		choice.SetOptions(names)
		choice.SetSelectedIndex(at)
		choice.OnChanged = func(string) { p.send(model.ChosenDevices{Input: name(p.input), Output: name(p.output)}) }
	}
	set(0, p.input, v.Input)
	set(1, p.output, v.Output)
}

// name is the chosen device's; empty for the system's choice.
func name(choice *widget.Select) string {
	if choice.SelectedIndex() <= 0 {
		return ""
	}
	return choice.Selected
}
