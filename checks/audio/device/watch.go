package device

import "time"

// Time is counted in ticks and not read from a clock: while this program itself
// is stopped, as on a sleeping laptop, no ticks pass and nobody is blamed.
const (
	tick = 100 * time.Millisecond
	// helloTicks is how long the process may take to start: a slow disk is no sound problem.
	helloTicks = 50
	// readyTicks is how long the sound library may take to start, and how long devices may
	// take to open: a Bluetooth headset changes its profile meanwhile.
	readyTicks = 25
	// answerTicks is how long the helper may wait for a person's answer, and for the sound library after it.
	answerTicks = int(AnswerTime/tick) + readyTicks
	// rivalAfter is how long a helper may be silent before a second one is tried beside it:
	// ten times what the sound library usually takes.
	rivalAfter = 1200 * time.Millisecond
	// firstTicks is how long a started device may take until sound moves, flowTicks how
	// long it may pause later on.
	firstTicks = 25
	flowTicks  = 15
	// togetherTicks: a direction that is silent as long as this when the other one is given up stalled with it.
	togetherTicks = 8
	// slackTicks is how much longer than its sound a run may take.
	slackTicks = 50
)

// flow watches one direction.
type flow struct {
	active, moving bool
	idle           int
}

func (f *flow) moved() { f.moving, f.idle = true, 0 }

func (f *flow) tick() (stalled bool) {
	f.idle++
	return f.active && (f.idle >= firstTicks || f.moving && f.idle >= flowTicks)
}

// watch tells when sound stopped moving.
type watch struct {
	input, output flow
	left          int
}

func newWatch(capture, play bool, length time.Duration) *watch {
	w := &watch{left: int(length/tick) + slackTicks}
	w.input.active, w.output.active = capture, play
	return w
}

// tick lets one tick pass without news. It returns an [Error] where that was one too many.
func (w *watch) tick() error {
	in, out := w.input.tick(), w.output.tick()
	w.left--
	both := w.input.active && w.output.active && min(w.input.idle, w.output.idle) >= togetherTicks
	switch {
	case (in || out) && both:
		return &Error{Kind: Stalled, Direction: Both, Message: "sound stopped moving in both directions"}
	case in:
		return &Error{Kind: Stalled, Direction: Input, Message: "no more sound came in"}
	case out:
		return &Error{Kind: Stalled, Direction: Output, Message: "no more sound was taken"}
	case w.left <= 0:
		return &Error{Kind: OverBudget, Direction: Both, Message: "sound moves too slowly"}
	default:
		return nil
	}
}
