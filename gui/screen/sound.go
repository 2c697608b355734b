package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/model"
	own "linecheck/gui/widget"
)

// sound lets the person choose a microphone, and headphones or loudspeakers. It
// is hidden while there is nothing to choose.
type sound struct {
	send          func(model.Msg)
	all           *fyne.Container
	input, output *widget.Select
	system        string
}

func newSound(v *model.SoundView, send func(model.Msg)) *sound {
	s := &sound{send: send, all: container.NewStack()}
	s.show(v)
	return s
}

// show brings the choices in line with what there is.
func (s *sound) show(v *model.SoundView) {
	if s.all.Hidden = v == nil; v == nil {
		return
	}
	if s.input == nil {
		s.input, s.output = widget.NewSelect(nil, nil), widget.NewSelect(nil, nil)
		row := func(label string, choice *widget.Select) fyne.CanvasObject {
			return container.New(own.NewShares(2, 5), muted(label), choice)
		}
		s.all.Add(section(v.Title, row(v.Input.Label, s.input), row(v.Output.Label, s.output)))
	}
	s.system = v.System
	set := func(choice *widget.Select, c model.ChoiceOfDevice) {
		choice.OnChanged = nil // only the person chooses
		choice.SetOptions(append([]string{v.System}, c.Names...))
		choice.SetSelectedIndex(1 + slices.Index(c.Names, c.Chosen))
		choice.OnChanged = func(string) { s.send(model.Chosen{Input: s.name(s.input), Output: s.name(s.output)}) }
	}
	set(s.input, v.Input)
	set(s.output, v.Output)
}

// name is the chosen device's; empty for the system's choice.
func (s *sound) name(choice *widget.Select) string {
	if choice.SelectedIndex() <= 0 {
		return ""
	}
	return choice.Selected
}
