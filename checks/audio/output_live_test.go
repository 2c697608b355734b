//go:build linux

package audio_test

import (
	"testing"

	"linecheck/checks/audio"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
	"linecheck/report"
)

func TestOutputTellsHeadphonesFromSpeakers(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{RoomTone: tone})
	for _, c := range []struct {
		name      string
		view      virtual.View
		in, out   string
		kind      string
		echo, why string
		db        float64 // 0: no echo
	}{
		{"headset", virtual.All, "headset mic", "USB Headset", "headphones", "none", "", 0},
		{"laptop by default", virtual.View(virtual.Laptop), "", "", "speakers", "found", "", -27.7},
		{"cable", virtual.All, "Loopback Cable Mic", "Loopback Cable", "speakers", "found", "", 0.001},
		{"hands-free headset", virtual.View(virtual.HandsFree), "", "", "headphones", "none", "", 0},
		{"muted microphone", virtual.View(virtual.Muted), "", "", "unknown", "cannot-tell", "zeros", 0},
		{"no microphone", virtual.NoInput, "", "", "unknown", "cannot-tell", "no-input", 0},
		{"no such microphone", virtual.All, "nobody", "USB Headset", "unknown", "cannot-tell", "input", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := lab.Helper(t, s, c.view)
			ev := run(t, audio.NewOutput(audio.Config{Helper: h, Input: c.in, Output: c.out}), nil)
			if ev.Outcome != report.Measured || ev.Facts["kind"] != c.kind || ev.Facts["echo"] != c.echo || ev.Facts["echo.reason"] != c.why {
				t.Errorf("got %s %v, want %s %s %q", ev.Outcome, ev.Facts, c.kind, c.echo, c.why)
			}
			if c.db == 0 {
				absent(t, ev, "audio.output.echo.db")
			} else {
				near(t, ev, "audio.output.echo.db", c.db, 1)
			}
			near(t, ev, "audio.output.rate.hz", 48000, 0)
			if ev.Facts["api"] != "ALSA" || len(ev.Facts["device"]) > 0 {
				t.Errorf("facts %v", ev.Facts)
			}
			lab.NoneLeft(t)
		})
	}
}

func TestNoDevice(t *testing.T) {
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}})
	for _, c := range []struct {
		name    string
		view    virtual.View
		cfg     audio.Config
		out, in string // the reasons
	}{
		{"none", virtual.None, audio.Config{}, "audio.output.none", "audio.microphone.none"},
		{"no input", virtual.NoInput, audio.Config{}, "", "audio.microphone.none"},
		{"unknown", virtual.All, audio.Config{Output: "nobody", Input: "nobody"}, "audio.output.unknown", "audio.microphone.unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.cfg.Helper = lab.Helper(t, s, c.view)
			if ev := run(t, audio.NewOutput(c.cfg), nil); ev.Reason != c.out || c.out != "" && ev.Fault != report.FaultYou {
				t.Errorf("output: %s %s, want %s", ev.Reason, ev.Fault, c.out)
			}
			if ev := run(t, audio.NewMicrophone(c.cfg), nil); ev.Reason != c.in || ev.Fault != report.FaultYou {
				t.Errorf("microphone: %s %s, want %s", ev.Reason, ev.Fault, c.in)
			}
			somebody := &lab.Person{}
			c.cfg.Person = somebody
			if ev := run(t, audio.NewMicrophone(c.cfg), nil); c.in == "audio.microphone.none" && (ev.Reason != c.in || len(somebody.Asked()) > 0) {
				t.Errorf("without a microphone: %s, and asked %v", ev.Reason, somebody.Asked())
			}
			lab.NoneLeft(t)
		})
	}
}
