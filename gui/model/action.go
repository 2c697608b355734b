package model

import (
	"strings"

	"linecheck/report"
)

// ActionKind is what the window can do for the person.
type ActionKind string

// The kinds of actions.
const (
	// ActSetting opens a page of the system's settings; About is one of the pages below.
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
)

// Action is something that the window can do for the person.
type Action struct {
	Do    ActionKind
	About string
}

// Pages of the system's settings.
const (
	PageSound      = "sound"
	PageMicrophone = "microphone" // which programs may use it
	PageNetwork    = "network"
	PagePower      = "power"
	PageTime       = "time"
	PageUpdate     = "update"
	PageStorage    = "storage"
)

// Pages are all pages of the system's settings that actions open.
func Pages() []string {
	return []string{PageSound, PageMicrophone, PageNetwork, PagePower, PageTime, PageUpdate, PageStorage}
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
	switch {
	case strings.HasPrefix(f.Code, "audio.") && contains(f.Code, ".forbidden"):
		return Action{ActSetting, PageMicrophone}
	case strings.HasPrefix(f.Code, "audio.") && contains(f.Code, ".muted", ".quiet", ".clipping", ".silent", ".hum", ".onesided", ".heard"):
		return Action{ActSetting, PageSound}
	case strings.HasPrefix(f.Code, "audio.") && contains(f.Code, ".none", ".gone", ".busy", ".open", ".speakers", ".narrow", ".stalled", ".broken", ".clock"):
		return Action{ActDevices, ""}
	case strings.HasPrefix(f.Code, "machine.power."):
		return Action{ActSetting, PagePower}
	case strings.HasPrefix(f.Code, "machine.clock."), contains(f.Code, ".clock.wrong", ".clock"):
		return Action{ActSetting, PageTime}
	case f.Code == "machine.system.unsupported":
		return Action{ActSetting, PageUpdate}
	case f.Code == "machine.disk.full":
		return Action{ActSetting, PageStorage}
	case f.Fault == report.FaultNetwork, strings.HasSuffix(f.Code, ".no-route"):
		return Action{ActSetting, PageNetwork}
	default:
		return Action{ActAgain, f.Check}
	}
}

func contains(code string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(code, p) {
			return true
		}
	}
	return false
}

// label is what the button of an action says.
func (m *Model) label(a Action) string {
	key := "gui.act." + string(a.Do)
	if a.Do == ActSetting {
		key += "." + a.About
	}
	return m.say(key)
}
