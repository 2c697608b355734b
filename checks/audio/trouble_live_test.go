//go:build linux

package audio_test

import (
	"syscall"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/audio"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
	"linecheck/report"
)

// promise is how soon after it happened the trouble must be told.
const promise = 3 * time.Second

// trouble is something that happens in the middle of a run.
type trouble struct {
	name               string
	happen             func(*testing.T, *virtual.Server)
	output, microphone string // the reasons
	fault              report.Fault
}

func troubles() []trouble {
	must := func(t *testing.T, err error) {
		if err != nil {
			t.Error(err)
		}
	}
	return []trouble{
		{"vanishes", func(t *testing.T, s *virtual.Server) { must(t, s.Unplug(virtual.Headset)) },
			"audio.output.gone", "audio.microphone.gone", report.FaultYou},
		{"hangs", func(t *testing.T, s *virtual.Server) { must(t, s.Hang(virtual.Headset, true)) },
			"audio.system.stalled", "audio.microphone.stalled", report.FaultYou},
		{"server freezes", func(t *testing.T, s *virtual.Server) { must(t, s.Freeze(true)) },
			"audio.system.stalled", "audio.microphone.stalled", report.FaultYou},
		{"helper is killed", func(t *testing.T, _ *virtual.Server) {
			for _, pid := range lab.Helpers(t) {
				must(t, syscall.Kill(pid, syscall.SIGKILL))
			}
		}, "audio.helper.crashed", "audio.helper.crashed", report.FaultUs},
	}
}

func TestTroubleInTheMiddleOfARun(t *testing.T) {
	t.Parallel()
	for _, tr := range troubles() {
		for _, id := range []string{audio.OutputID, audio.MicrophoneID} {
			t.Run(tr.name+"/"+id, func(t *testing.T) {
				t.Parallel()
				s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: tone})
				cfg := audio.Config{Helper: lab.Helper(t, s, virtual.All), Input: virtual.Headset.Input(), Output: virtual.Headset.Output()}
				check, want := audio.NewOutput(cfg), tr.output
				if id == audio.MicrophoneID {
					check, want = audio.NewMicrophone(cfg), tr.microphone
				}
				clock := lab.Stopwatch(t)
				happened := make(chan time.Duration, 1)
				time.AfterFunc(1300*time.Millisecond, func() {
					at := clock()
					tr.happen(t, s)
					happened <- at
				})
				ev := run(t, check, nil)
				told := clock() - <-happened
				if ev.Outcome != report.Unavailable || ev.Reason != want || ev.Fault != tr.fault {
					t.Errorf("got %s %s %s, want %s %s", ev.Outcome, ev.Reason, ev.Fault, want, tr.fault)
				}
				if t.Logf("told after %v", told); told > promise {
					t.Errorf("told after %v", told)
				}
				lab.NoneLeft(t)
			})
		}
	}
}

func TestTroubleBeforeARun(t *testing.T) {
	t.Parallel()
	for _, tr := range troubles()[1:3] { // hangs, freezes
		t.Run(tr.name, func(t *testing.T) {
			t.Parallel()
			s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}})
			tr.happen(t, s)
			clock := lab.Stopwatch(t)
			ev := run(t, audio.NewMicrophone(audio.Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset))}), nil)
			if ev.Outcome != report.Unavailable || ev.Fault != report.FaultYou {
				t.Errorf("got %s %s %s", ev.Outcome, ev.Reason, ev.Fault)
			}
			if told := clock(); told > promise {
				t.Errorf("told after %v", told)
			}
			lab.NoneLeft(t)
		})
	}
}

// A microphone that stops while the loudspeaker goes on costs the echo, not the check.
func TestOutputOutlivesTheMicrophone(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset, virtual.Cable}, RoomTone: tone})
	cfg := audio.Config{Helper: lab.Helper(t, s, virtual.All), Input: virtual.Headset.Input(), Output: virtual.Cable.Output()}
	unplugged := make(chan error, 1)
	time.AfterFunc(time.Second, func() { unplugged <- s.Unplug(virtual.Headset) })
	ev := run(t, audio.NewOutput(cfg), nil)
	if err := <-unplugged; err != nil {
		t.Error(err)
	}
	if ev.Outcome != report.Measured || ev.Facts["kind"] != "unknown" || ev.Facts["echo.reason"] != "input" {
		t.Errorf("got %s %s %v", ev.Outcome, ev.Reason, ev.Facts)
	}
	lab.NoneLeft(t)
}

func TestStoppedByThePerson(t *testing.T) {
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}})
	plan := []checks.Check{audio.NewMicrophone(audio.Config{Helper: lab.Helper(t, s, virtual.All)})}
	ctx, cancel := timeout(t, time.Second)
	defer cancel()
	begin := time.Now()
	ev := (&checks.Runner{}).Run(ctx, plan)[0].Evidence
	if took := time.Since(begin); ev.Outcome != report.Canceled || took > 2*time.Second {
		t.Errorf("%s after %v", ev.Outcome, took)
	}
	lab.NoneLeft(t)
}
