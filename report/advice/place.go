package advice

import (
	"slices"
	"strings"

	"linecheck/report"
)

// Places where a person sets right what is wrong: pages of the system's settings, and
// the choice of sound devices in the program itself.
const (
	PageSound      = "sound"
	PageMicrophone = "microphone" // which programs may use it
	PageNetwork    = "network"
	PagePower      = "power"
	PageTime       = "time"
	PageUpdate     = "update"
	PageStorage    = "storage"
	Devices        = "devices"
)

// Pages are all pages of the system's settings.
func Pages() []string {
	return []string{PageSound, PageMicrophone, PageNetwork, PagePower, PageTime, PageUpdate, PageStorage}
}

// Place is where a finding is set right; empty where no setting helps and the
// check is run again once what its advice says is done.
func Place(f report.Finding) string {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(f.Code, p) })
	}
	sound := strings.HasPrefix(f.Code, "audio.")
	switch {
	case sound && has(".forbidden"):
		return PageMicrophone
	case sound && has(".muted", ".quiet", ".clipping", ".silent", ".hum", ".onesided", ".heard"):
		return PageSound
	case sound && has(".none", ".gone", ".busy", ".open", ".speakers", ".narrow", ".stalled", ".broken", ".clock"):
		return Devices
	case strings.HasPrefix(f.Code, "machine.power."):
		return PagePower
	case strings.HasPrefix(f.Code, "machine.clock."), has(".clock.wrong"):
		return PageTime
	case f.Code == "machine.system.unsupported":
		return PageUpdate
	case f.Code == "machine.disk.full":
		return PageStorage
	case f.Code == "network.captive", f.Code == "network.traffic":
		return ""
	case f.Fault == report.FaultNetwork, strings.HasSuffix(f.Code, ".no-route"), strings.HasPrefix(f.Code, "network.") && f.Fault == report.FaultYou:
		return PageNetwork
	default:
		return ""
	}
}

// Where is the way to a place on a system ("windows", "darwin", else Linux), as menus
// call it; empty where there is no place to go to.
func (c *Catalogue) Where(place, system string) string {
	switch {
	case place == "":
		return ""
	case place == Devices:
		place = PageSound
	}
	if system != "windows" && system != "darwin" {
		system = "linux"
	}
	return c.Name("where." + place + "." + system)
}

// CheckFor is the check that shows whether what a code stands for is gone; empty where it cannot be told.
func CheckFor(code string) string {
	for _, one := range []struct{ prefix, check string }{
		{"internet.", "internet.speed"}, {"network.", "network.path"}, {"webrtc.media", "webrtc.media"}, {"webrtc.rtt", "webrtc.media"}, {"webrtc.jitter", "webrtc.media"},
		{"webrtc.loss", "webrtc.media"}, {"webrtc.quality", "webrtc.media"}, {"webrtc.loaded", "webrtc.media"}, {"webrtc.packets", "webrtc.media"}, {"webrtc.", "webrtc.connect"},
		{"audio.output", "audio.output"}, {"audio.", "audio.microphone"}, {"machine.cpu", "machine.cpu"}, {"machine.memory", "machine.memory"}, {"machine.disk", "machine.memory"}, {"machine.", "machine.system"},
	} {
		if strings.HasPrefix(code, one.prefix) {
			return one.check
		}
	}
	return ""
}
