package model

import (
	"slices"
	"strings"
)

// Devices are the names of the sound devices that may be chosen.
type Devices struct{ Inputs, Outputs []string }

// Listed: this is what sound devices there are now.
type Listed struct{ Devices Devices }

// Chosen is the microphone and the headphones or loudspeakers that the person
// chose; an empty name is the system's choice.
type Chosen struct{ Input, Output string }

func (Listed) message() {}
func (Chosen) message() {}

// SoundView lets the person choose devices.
type SoundView struct {
	Title string
	// System is the label of the system's own choice.
	System        string
	Input, Output ChoiceOfDevice
}

// ChoiceOfDevice is one of the two choices.
type ChoiceOfDevice struct {
	Label string
	Names []string
	// Chosen is one of the names; empty for the system's choice.
	Chosen string
}

// choose takes the person's choice; the session is planned for other devices then.
func (m *Model) choose(msg Chosen) Command {
	if m.screen != Welcome || m.offer.Sealed || msg == m.chosen {
		return Nothing
	}
	m.chosen, m.screen = msg, Opening
	return OpenWith
}

// Chosen is what [OpenWith] opens the session for.
func (m *Model) Chosen() Chosen { return m.chosen }

// sound is what there is to choose; nil where there is nothing.
func (m *Model) sound() *SoundView {
	hears := slices.ContainsFunc(m.offer.Plan, func(p Planned) bool { return strings.HasPrefix(p.ID, "audio.") })
	if m.offer.Sealed || !hears || len(m.devices.Inputs)+len(m.devices.Outputs) == 0 {
		return nil
	}
	return &SoundView{
		Title: m.say("gui.sound.title"), System: m.say("gui.sound.system"),
		Input:  ChoiceOfDevice{m.say("gui.sound.input"), m.devices.Inputs, m.chosen.Input},
		Output: ChoiceOfDevice{m.say("gui.sound.output"), m.devices.Outputs, m.chosen.Output},
	}
}
