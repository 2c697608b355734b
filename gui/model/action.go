package model

import (
	"linecheck/report"
	"linecheck/report/advice"
)

// ActionKind is what the window can do for the person.
type ActionKind string

// The kinds of actions.
const (
	// ActSetting opens a page of the system's settings; About is one of [advice.Pages].
	ActSetting ActionKind = "setting"
	// ActDevices goes where sound devices are chosen.
	ActDevices ActionKind = "devices"
	// ActAgain runs the check About once more.
	ActAgain ActionKind = "again"
	// ActPlay plays a sound on the chosen device.
	ActPlay ActionKind = "play"
	// ActChoose lets the person choose an invite's file.
	ActChoose ActionKind = "choose"
	// ActSupport makes the support bundle.
	ActSupport ActionKind = "support"
	// ActReveal shows the file About in its folder.
	ActReveal ActionKind = "reveal"
	// ActBrowse opens the address About in the browser.
	ActBrowse ActionKind = "browse"
)

// Action is something that the window can do for the person.
type Action struct {
	Do    ActionKind
	About string
}

// act does what an action says.
func (m *Model) act(a Action) Command {
	switch a.Do {
	case ActAgain:
		if m.screen == Result && !m.offer.Sealed {
			return m.runAgain(a.About)
		}
		return Command{}
	case ActDevices:
		if m.screen == Result {
			m.screen = GetReady
		}
		return Command{}
	}
	m.notice = ""
	return Command{Do: Help, Action: a}
}

// actionFor is the one action that helps against a finding: what the window can do
// for the person, or else to run the check again.
func actionFor(f report.Finding) Action {
	switch place := advice.Place(f); place {
	case "":
		return Action{ActAgain, f.Check}
	case advice.Devices:
		return Action{ActDevices, ""}
	default:
		return Action{ActSetting, place}
	}
}

// label is what the button of an action says.
func (m *Model) label(a Action) string {
	key := "gui.act." + string(a.Do)
	if a.Do == ActSetting {
		key += "." + a.About
	}
	return m.say(key)
}
