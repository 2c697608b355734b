package device

import "time"

// Request is one run of playing and recording. At least one direction must be asked for.
type Request struct {
	// Capture asks for recording from the device named Input; empty means the system's default.
	Capture bool
	Input   string
	// Length is how long to record, from the first recorded sample; at most [MaxLength].
	Length time.Duration
	// Play makes the sound to play on the device named Output (empty: the default), at
	// the rate in Hz that the device was opened with: stereo, interleaved, 1 is full
	// scale, at most [MaxLength] long. nil plays nothing.
	Play   func(rate int) []float32
	Output string
	// Opened is told the rates when the devices are open, before any sound moves; it may be nil.
	Opened func(Result)
}

// MaxLength is the longest recording and the longest sound of one run.
const MaxLength = 30 * time.Second

// AnswerTime is how long the helper waits for a person whom the system asks whether this
// program may record. Without an answer it goes on, and records silence.
const AnswerTime = time.Minute

// Result is what one run did.
type Result struct {
	// InputRate and OutputRate are the rates in Hz that the devices were opened with; 0 for an absent direction.
	InputRate, OutputRate int
	// InputAPI and OutputAPI are the system's sound interfaces, as "ALSA"; empty for an absent direction.
	InputAPI, OutputAPI string
	// Played is how many frames of the sound the output took: all of them after a run without error.
	Played int64
	// Recorded is how many frames were handed to onInput.
	Recorded int64
	// Dropped is how many recorded frames were lost on their way to this program.
	Dropped int64
	// Breaks is how many gaps the sound library itself reported.
	Breaks int64
	// Sides is how much sound each side of the recording had; nil for a device of one channel.
	Sides *Sides
	// Mixer is how the devices are set in the system; its members are nil where it does not tell.
	Mixer Mixer
}
