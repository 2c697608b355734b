package portaudio

import (
	"context"
	"time"

	"linecheck/checks/audio/device"
)

// permission is what the system says about recording by this program.
type permission int

const (
	untold    permission = iota // this system is not asked, or does not tell
	undecided                   // the person was not asked yet, or did not answer
	allowed
	forbidden
)

// withheld says whether this program gets no sound from the microphone; nil where that is
// not told. While nobody has answered there is none either.
func (p permission) withheld() *bool {
	if p == untold {
		return nil
	}
	no := p != allowed
	return &no
}

// keeper is the part of the system that decides who may record. The tests have another one.
type keeper interface {
	// says is its decision as it is now.
	says() permission
	// ask lets it ask the person, and does not wait for the answer.
	ask()
}

// lookEvery is how often is looked whether the person has answered.
const lookEvery = 100 * time.Millisecond

// permit lets the system ask the person, where they were never asked, and waits for the
// answer: a recording that begins before it stays silent to its end. asking is called first.
// What the answer was shows at the end of the run. The error is asking's, or says that ctx ended.
func permit(ctx context.Context, k keeper, asking func() error) error {
	if k.says() != undecided {
		return nil
	}
	if err := asking(); err != nil {
		return err
	}
	k.ask()
	patience := time.NewTimer(device.AnswerTime)
	defer patience.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-patience.C:
			return nil
		case <-look.C:
			if k.says() != undecided {
				return nil
			}
		}
	}
}
