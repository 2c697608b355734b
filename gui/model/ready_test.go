package model

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tips(m *Model) (all []string) {
	for _, t := range m.View().Ready.Tips {
		all = append(all, string(t.Tone)+" "+t.Title)
	}
	return all
}

// What can be seen has a tick or a sign; what cannot is a plain tip.
func TestTips(t *testing.T) {
	for name, c := range map[string]struct {
		around Around
		noise  float64 // 0: nothing heard
		prefs  ChosenDevices
		there  []string
		want   []string
	}{
		"nothing known": {Around{Load: -1}, 0, ChosenDevices{}, nil, []string{"neutral gui.tip.quiet", "neutral gui.tip.headset", "neutral gui.tip.cable", "neutral gui.tip.busy"}},
		"all well":      {Around{"cable", "mains", 0.1}, -60, ChosenDevices{Output: "USB Headset"}, []string{"USB Headset"}, []string{"good gui.tip.quiet.yes", "good gui.tip.headset.yes", "good gui.tip.cable.yes", "good gui.tip.power.yes", "good gui.tip.busy.no"}},
		"nothing well":  {Around{"wifi", "battery", 0.9}, -20, ChosenDevices{}, []string{"Jabra Evolve"}, []string{"warn gui.tip.quiet.no", "warn gui.tip.headset.there", "warn gui.tip.cable.wifi", "warn gui.tip.power.no", "warn gui.tip.busy.yes"}},
		"on the road":   {Around{"mobile", "battery", 0}, 0, ChosenDevices{Input: "Headset Mic"}, nil, []string{"neutral gui.tip.quiet", "good gui.tip.headset.yes", "warn gui.tip.cable.mobile", "warn gui.tip.power.no", "good gui.tip.busy.no"}},
	} {
		m := at(t, GetReady, invited())
		m.Update(c.prefs)
		m.Update(Seen{c.around})
		m.Update(Listed{Devices{Inputs: []string{"Headset Mic"}, Outputs: c.there}})
		for range heardFor {
			if c.noise != 0 {
				m.Update(Heard{Level: c.noise})
			}
		}
		if diff := cmp.Diff(c.want, tips(m)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Somebody who speaks in a quiet room is not loud: the pauses tell.
func TestQuietWhileSomebodySpeaks(t *testing.T) {
	m := at(t, GetReady, invited())
	for i := range 2 * heardFor {
		m.Update(Heard{Level: map[bool]float64{true: -20, false: -55}[i%4 > 0]})
	}
	if got := m.View().Ready.Tips[0].Title; got != "gui.tip.quiet.yes" {
		t.Error(got)
	}
	if n := len(m.room.levels); n != heardFor {
		t.Errorf("%d levels are remembered", n)
	}
}

func TestTheMeter(t *testing.T) {
	m := at(t, GetReady, invited())
	if s := m.View().Ready.Sound; s.Level != 0 || s.Peak != 0 || s.Deaf {
		t.Errorf("%+v", s)
	}
	for _, l := range []float64{-6, -30} {
		m.Update(Heard{Level: l})
	}
	if s := m.View().Ready.Sound; s.Level != 0.5 || s.Peak != 0.9 || s.Meter != "gui.sound.meter" {
		t.Errorf("%+v", s)
	}
	m.Update(Heard{Deaf: true})
	if s := m.View().Ready.Sound; !s.Deaf || s.Meter != "gui.sound.deaf" || s.Level != 0 {
		t.Errorf("%+v", s)
	}
	for level, want := range map[float64]float64{-120: 0, -60: 0, 0: 1, 6: 1, -45: 0.25} {
		if got := share(level); got != want {
			t.Errorf("%v dBFS is shown as %v", level, got)
		}
	}
}

// A chosen device that is gone is chosen no more, but not because a list failed.
func TestDevicesComeAndGo(t *testing.T) {
	m := at(t, GetReady, invited())
	m.Update(ChosenDevices{Input: "A", Output: "B"})
	m.Update(Listed{Devices{}})
	if p := m.Preferences(); p.Input != "A" || p.Output != "B" {
		t.Errorf("%+v", p)
	}
	m.Update(Listed{Devices{Inputs: []string{"X"}, Outputs: []string{"B"}}})
	if s := m.View().Ready.Sound; s.Input.Chosen != "A" || fmt.Sprint(s.Input.Names) != "[A X]" {
		t.Errorf("a microphone that is in use, and so not listed: %+v", s.Input)
	}
	m.Update(Heard{Deaf: true})
	m.Update(Listed{Devices{Inputs: []string{"X"}, Outputs: []string{"B"}}})
	s := m.View().Ready.Sound
	if s.Input.Chosen != "" || s.Output.Chosen != "B" || fmt.Sprint(s.Input.Names) != "[X]" {
		t.Errorf("%+v", s)
	}
	m.Update(Listed{Devices{Outputs: []string{"C"}}})
	if s := m.View().Ready.Sound; s.Output.Chosen != "" {
		t.Errorf("%+v", s)
	}
	m.Update(Go{})
	m.Update(Listed{Devices{Inputs: []string{"A"}}})
	m.prefs.Input = "gone"
	m.Update(Listed{Devices{Inputs: []string{"A"}}})
	if m.Preferences().Input != "gone" {
		t.Error("the device changes while checks run")
	}
}

// It listens only where there is a meter.
func TestListens(t *testing.T) {
	for _, s := range screens() {
		m := at(t, s, invited())
		if _, on := m.Listens(); on != (s == GetReady) {
			t.Errorf("%s: listens %v", s, on)
		}
		m.Update(ShowSettings{true})
		if _, on := m.Listens(); on {
			t.Errorf("%s: listens below the settings", s)
		}
	}
}

func TestWhatIsKeptIsSaid(t *testing.T) {
	m := New(words(), Preferences{}, nil, Wish{})
	m.Update(Opened{left(GetReady, false)})
	if v := m.View().Ready; v.Kept != "gui.ready.kept" || v.Go.Label != "gui.continue" {
		t.Errorf("%+v", v)
	}
	if v := at(t, GetReady, invited()).View().Ready; v.Kept != "" || v.Go.Label != "gui.start" {
		t.Errorf("%+v", v)
	}
}
