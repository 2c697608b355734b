package model

import (
	"math"
	"slices"
	"strings"

	"linecheck/report/render"
)

// Devices are the names of the sound devices that may be chosen.
type Devices struct{ Inputs, Outputs []string }

// Listed: this is what sound devices there are now.
type Listed struct{ Devices Devices }

// Around is what can be seen of the computer's surroundings at this moment. What is
// not known is empty.
type Around struct {
	// Link is "cable", "wifi" or "mobile".
	Link string
	// Power is "mains" or "battery".
	Power string
	// Load is the share of the processor that programs use, 0 to 1; negative where it is not known.
	Load float64
}

// ChosenDevices are the sound devices that the person chose; empty for the system's choice.
type ChosenDevices struct{ Input, Output string }

// Seen: this is how it looks around the computer.
type Seen struct{ Around Around }

// Heard is what the chosen microphone hears at this moment.
type Heard struct {
	// Level is in dBFS.
	Level float64
	// Deaf: the microphone cannot be heard at all.
	Deaf bool
}

func (Listed) message()        {}
func (ChosenDevices) message() {}
func (Seen) message()          {}
func (Heard) message()         {}

// room is what was seen and heard while the person gets ready.
type room struct {
	around Around
	deaf   bool
	levels []float64 // of the last seconds, the newest last, in dBFS
}

const (
	// heardFor is how many levels are remembered: 3 s of twenty a second.
	heardFor = 60
	// settled is how many levels it takes to say whether it is quiet.
	settled = 20
	// quietLevel is the noise in dBFS above which it is not quiet, as the policies recommend at most.
	quietLevel = -45
	// busyLoad is the share of the processor from which other programs are in the way, as the policies recommend at most.
	busyLoad = 0.5
)

func (r *room) hear(h Heard) {
	if r.deaf = h.Deaf; h.Deaf {
		r.levels = nil
		return
	}
	r.levels = append(r.levels, h.Level)
	r.levels = r.levels[max(0, len(r.levels)-heardFor):]
}

// noise is the level that a tenth of the last seconds stays below: what is there
// between the words of somebody who speaks. ok is false before enough was heard.
func (r *room) noise() (level float64, ok bool) {
	if len(r.levels) < settled {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(r.levels))
	return sorted[len(sorted)/10], true
}

// chosen takes the person's choice of devices, which lasts.
func (m *Model) chosen(c ChosenDevices) Command {
	m.prefs.Input, m.prefs.Output = c.Input, c.Output
	m.room = room{around: m.room.around}
	return Command{Do: SavePreferences}
}

// listed takes the devices that there are now. A chosen one that is gone is chosen no
// more; but a microphone that is heard is there, even if it is not listed while it is in use.
func (m *Model) listed(d Devices) {
	m.devices = d
	if m.screen != GetReady {
		return
	}
	if len(d.Inputs) > 0 && m.prefs.Input != "" && m.room.deaf && !slices.Contains(d.Inputs, m.prefs.Input) {
		m.prefs.Input = ""
	}
	if len(d.Outputs) > 0 && m.prefs.Output != "" && !slices.Contains(d.Outputs, m.prefs.Output) {
		m.prefs.Output = ""
	}
}

// choice is one of the two choices; what is chosen is among the names.
func (m *Model) choice(key string, names []string, chosen string) ChoiceOfDevice {
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append([]string{chosen}, names...)
	}
	return ChoiceOfDevice{m.say(key), names, chosen}
}

// Listens is the microphone to listen to now, and whether to look around at all.
func (m *Model) Listens() (input string, on bool) {
	return m.prefs.Input, m.screen == GetReady && !m.settings
}

// ReadyView helps to prepare: what is as it should be, and which devices are used.
type ReadyView struct {
	Title, Lead string
	Tips        []TipView
	// Sound is the choice of devices.
	Sound SoundView
	// Kept says how much is measured already; empty for nothing.
	Kept     string
	Go, Back Button
}

// TipView is one thing that helps, and whether it is so.
type TipView struct {
	Tone        Tone
	Title, Text string
}

// SoundView lets the person choose devices and try them.
type SoundView struct {
	Title string
	// System is the label of the system's own choice.
	System        string
	Input, Output ChoiceOfDevice
	// Meter says what the meter shows; Level and Peak are 0 (-60 dBFS and less) to 1 (full scale).
	Meter       string
	Level, Peak float64
	Deaf        bool
	Play        Button
}

// ChoiceOfDevice is one of the two choices.
type ChoiceOfDevice struct {
	Label string
	Names []string
	// Chosen is one of the names; empty for the system's choice.
	Chosen string
}

func (m *Model) ready() ReadyView {
	v := ReadyView{Title: m.say("gui.ready.title"), Lead: m.say("gui.ready.text"), Go: Button{m.say("gui.start"), Go{}}, Back: Button{m.say("gui.back"), Back{}}}
	v.Tips = []TipView{m.quietTip(), m.headsetTip(), m.linkTip(), m.powerTip(), m.busyTip()}
	v.Tips = slices.DeleteFunc(v.Tips, func(t TipView) bool { return t.Title == "" })
	v.Sound = m.sound()
	kept := 0
	for _, p := range m.offer.Plan {
		if p.Kept {
			kept++
		}
	}
	if kept > 0 {
		v.Kept = m.say("gui.ready.kept", "done", m.number(kept), "all", m.number(len(m.offer.Plan)))
		v.Go.Label = m.say("gui.continue")
	}
	return v
}

func (m *Model) tip(tone Tone, key string) TipView {
	return TipView{tone, m.say("gui.tip." + key), m.say("gui.tip." + key + ".text")}
}

func (m *Model) quietTip() TipView {
	noise, ok := m.room.noise()
	switch {
	case !ok:
		return m.tip(Neutral, "quiet")
	case noise > quietLevel:
		return m.tip(Warn, "quiet.no")
	default:
		return m.tip(Good, "quiet.yes")
	}
}

// headsetTip goes by the names of the chosen devices: what is plugged into a jack has none of its own.
func (m *Model) headsetTip() TipView {
	for _, name := range []string{m.prefs.Output, m.prefs.Input} {
		if isHeadset(name) {
			t := m.tip(Good, "headset.yes")
			t.Text = m.say("gui.tip.headset.yes.text", "name", render.Clean(name))
			return t
		}
	}
	if m.prefs.Output == "" && m.prefs.Input == "" && slices.ContainsFunc(m.devices.Outputs, isHeadset) {
		return m.tip(Warn, "headset.there")
	}
	return m.tip(Neutral, "headset")
}

func isHeadset(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"headset", "headphone", "earphone", "earbud", "airpods", "buds", "kopfhörer", "auricular", "casque", "cuffie", "słuchawk", "kulaklık", "ヘッド", "耳机", "jabra", "plantronics", "poly ", "epos", "sennheiser"},
		func(part string) bool { return strings.Contains(name, part) })
}

func (m *Model) linkTip() TipView {
	switch m.room.around.Link {
	case "cable":
		return m.tip(Good, "cable.yes")
	case "wifi":
		return m.tip(Warn, "cable.wifi")
	case "mobile":
		return m.tip(Warn, "cable.mobile")
	default:
		return m.tip(Neutral, "cable")
	}
}

func (m *Model) powerTip() TipView {
	switch m.room.around.Power {
	case "mains":
		return m.tip(Good, "power.yes")
	case "battery":
		return m.tip(Warn, "power.no")
	default:
		return TipView{} // a computer without a battery has nothing to plug in
	}
}

func (m *Model) busyTip() TipView {
	load := m.room.around.Load
	switch {
	case load < 0:
		return m.tip(Neutral, "busy")
	case load > busyLoad:
		return m.tip(Warn, "busy.yes")
	default:
		return m.tip(Good, "busy.no")
	}
}

func (m *Model) sound() SoundView {
	v := SoundView{
		Title: m.say("gui.sound.title"), System: m.say("gui.sound.system"), Meter: m.say("gui.sound.meter"), Deaf: m.room.deaf,
		Input:  m.choice("gui.sound.input", m.devices.Inputs, m.prefs.Input),
		Output: m.choice("gui.sound.output", m.devices.Outputs, m.prefs.Output),
		Play:   Button{m.say("gui.sound.play"), Act{Action{Do: ActPlay}}},
	}
	if m.room.deaf {
		v.Meter = m.say("gui.sound.deaf")
	}
	if n := len(m.room.levels); n > 0 {
		v.Level = share(m.room.levels[n-1])
		v.Peak = share(slices.Max(m.room.levels[max(0, n-heardFor/2):]))
	}
	return v
}

// share is where a level in dBFS stands between silence (-60 dBFS) and full scale, in whole hundredths.
func share(level float64) float64 { return math.Round(100*min(1, max(0, 1+level/60))) / 100 }
