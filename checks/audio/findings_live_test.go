//go:build linux

package audio_test

import (
	"slices"
	"testing"
	"time"

	"linecheck/assets"
	"linecheck/checks"
	"linecheck/checks/audio"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
	"linecheck/report"
	"linecheck/report/policy"
)

// Each kind of trouble with sound has its own finding, and the good headset has none.
func TestEveryFaultHasItsFinding(t *testing.T) {
	t.Parallel()
	text, err := assets.Policy("customer-service")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s := lab.Cards(t, virtual.Options{RoomTone: tone})
	for name, c := range map[string]struct {
		view  virtual.View
		speak virtual.Card // who is spoken to; empty for nobody
		check string
		want  []string
	}{
		"headset":              {virtual.View(virtual.Headset), "", audio.OutputID, nil},
		"laptop":               {virtual.View(virtual.Laptop), "", audio.OutputID, []string{"audio.output.speakers"}},
		"no device, output":    {virtual.None, "", audio.OutputID, []string{"audio.output.none"}},
		"no input":             {virtual.NoInput, "", audio.MicrophoneID, []string{"audio.microphone.none"}},
		"headset, voice":       {virtual.View(virtual.Headset), virtual.Headset, audio.MicrophoneID, nil},
		"muted":                {virtual.View(virtual.Muted), virtual.Muted, audio.MicrophoneID, []string{"audio.microphone.muted", "audio.microphone.silent", policy.MissingCode}},
		"quiet":                {virtual.View(virtual.Quiet), virtual.Quiet, audio.MicrophoneID, []string{"audio.microphone.quiet", "audio.microphone.silent"}},
		"clipped":              {virtual.View(virtual.Loud), virtual.Loud, audio.MicrophoneID, []string{"audio.microphone.clipping", "audio.microphone.noisy"}},
		"hands-free, 8 kHz":    {virtual.View(virtual.HandsFree), virtual.HandsFree, audio.MicrophoneID, []string{"audio.microphone.narrow"}},
		"nobody speaks at all": {virtual.View(virtual.Cable), "", audio.MicrophoneID, []string{"audio.microphone.novoice", policy.MissingCode}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.check == audio.MicrophoneID {
				t.Parallel() // after the outputs: these would hear the voices of the others
			}
			cfg := audio.Config{Helper: lab.Helper(t, s, c.view)}
			check := audio.NewOutput(cfg)
			if c.check == audio.MicrophoneID {
				cfg.Person = &lab.Person{Say: noPlayback}
				check = audio.NewMicrophone(cfg)
			}
			progress := func(checks.Progress) {}
			if c.speak != "" {
				progress = speaker(t, s, c.speak, -26)
			}
			begin := time.Now()
			ev := run(t, check, progress)
			var got []string
			for _, f := range policy.Appraise(p.Only([]string{c.check}), []report.Evidence{ev}).Findings {
				if !slices.Contains(got, f.Code) {
					got = append(got, f.Code)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v after %v", got, c.want, time.Since(begin))
			}
		})
	}
}

// Alone, both checks together take less than eight seconds.
func TestBothChecksAreShort(t *testing.T) {
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: tone})
	cfg := audio.Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset))}
	clock := lab.Stopwatch(t)
	run(t, audio.NewOutput(cfg), nil)
	run(t, audio.NewMicrophone(cfg), nil)
	if took := clock(); took > 8*time.Second {
		t.Errorf("together they took %v", took)
	} else {
		t.Logf("together %v", took)
	}
}
