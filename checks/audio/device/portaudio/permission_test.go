package portaudio

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linecheck/checks/audio/device"
	"linecheck/checks/audio/device/protocol"
)

// fakeKeeper is a system where the person takes their time and then answers.
type fakeKeeper struct {
	takes  time.Duration
	answer permission

	mu    sync.Mutex
	now   permission
	asked int
}

func (k *fakeKeeper) says() permission {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *fakeKeeper) ask() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked++
	time.AfterFunc(k.takes, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.now = k.answer
	})
}

func TestAPersonIsAskedBeforeTheFirstRecording(t *testing.T) {
	for name, c := range map[string]struct {
		k      *fakeKeeper
		cmd    protocol.Command
		topics []protocol.Topic
		asked  int
		least  time.Duration
		most   time.Duration
	}{
		"they agree": {&fakeKeeper{now: undecided, takes: 20 * time.Second, answer: allowed}, protocol.Command{Op: protocol.OpOpen, Capture: true, LengthMS: 100},
			[]protocol.Topic{protocol.Asking, protocol.Ready, protocol.Opened}, 1, 20 * time.Second, 21 * time.Second},
		"they refuse": {&fakeKeeper{now: undecided, takes: time.Second, answer: forbidden}, protocol.Command{Op: protocol.OpOpen, Capture: true, LengthMS: 100},
			[]protocol.Topic{protocol.Asking, protocol.Ready, protocol.Opened}, 1, time.Second, 2 * time.Second},
		"they are away": {&fakeKeeper{now: undecided, takes: time.Hour, answer: allowed}, protocol.Command{Op: protocol.OpOpen, Capture: true, LengthMS: 100},
			[]protocol.Topic{protocol.Asking, protocol.Ready, protocol.Opened}, 1, device.AnswerTime, device.AnswerTime + time.Second},
		"they agreed before": {&fakeKeeper{now: allowed}, protocol.Command{Op: protocol.OpOpen, Capture: true, Play: true, LengthMS: 100},
			[]protocol.Topic{protocol.Ready, protocol.Opened}, 0, 0, time.Second},
		"they refused before": {&fakeKeeper{now: forbidden}, protocol.Command{Op: protocol.OpOpen, Capture: true, LengthMS: 100},
			[]protocol.Topic{protocol.Ready, protocol.Opened}, 0, 0, time.Second},
		"something is played": {&fakeKeeper{now: undecided}, protocol.Command{Op: protocol.OpOpen, Play: true},
			[]protocol.Topic{protocol.Ready, protocol.Opened}, 0, 0, time.Second},
		"devices are listed": {&fakeKeeper{now: undecided}, protocol.Command{Op: protocol.OpList},
			[]protocol.Topic{protocol.Ready, protocol.Devices}, 0, 0, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := talkWith(t, &fakeEngine{list: cards()}, c.k)
				f.expect(protocol.Hello)
				f.say(c.cmd)
				begin := time.Now()
				f.expect(c.topics...)
				if took := time.Since(begin); took < c.least || took > c.most {
					t.Errorf("it took %v", took)
				}
				if c.k.asked != c.asked {
					t.Errorf("asked %d times", c.k.asked)
				}
				if c.cmd.Op == protocol.OpOpen {
					f.say(protocol.Command{Op: protocol.OpStart})
					f.expect(protocol.Done)
				}
				if err := <-f.ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// While a person is asked, the sound library is not touched, and the program may go away.
func TestWaitingForAPersonEndsWithTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &fakeEngine{list: cards()}
		f := talkWith(t, e, &fakeKeeper{now: undecided, takes: time.Hour})
		f.expect(protocol.Hello)
		f.say(protocol.Command{Op: protocol.OpOpen, Capture: true})
		f.expect(protocol.Asking)
		_ = f.out.Close()
		if err := <-f.ended; !errors.Is(err, errGone) {
			t.Error(err)
		}
		if len(e.opened) > 0 {
			t.Error("the microphone was opened")
		}
	})
}

func TestWhatIsToldOfThePermission(t *testing.T) {
	yes, no := true, false
	for p, want := range map[permission]*bool{untold: nil, undecided: &yes, allowed: &no, forbidden: &yes} {
		if got := p.withheld(); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%d: %v", p, got)
		}
	}
}
