package protocol

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
)

// Device is one sound device as the sound library lists it.
type Device struct {
	// Index is its place in the list of this one helper process; it means nothing to another.
	Index int `json:"index"`
	// Name is what the system calls it. It may carry a person's name: never put it into evidence.
	Name string `json:"name"`
	// API is the system's sound interface, as "ALSA" or "Windows WASAPI".
	API string `json:"api"`
	// Inputs and Outputs are the most channels it can record and play; 0 where it cannot.
	Inputs  int `json:"inputs"`
	Outputs int `json:"outputs"`
	// Rate is the rate the device names as its own, in Hz. Some systems name one for all.
	Rate float64 `json:"rate"`
	// DefaultInput and DefaultOutput say that the system uses it where nothing is chosen.
	DefaultInput  bool `json:"default_input"`
	DefaultOutput bool `json:"default_output"`
}

// Direction is which way sound goes.
type Direction string

// The directions. Both stands for the sound system as a whole.
const (
	Input  Direction = "input"
	Output Direction = "output"
	Both   Direction = ""
)

// Op is what a [Command] asks for.
type Op string

// The commands in the order of a run: OpOpen, then the sound to play as PCM
// frames (stereo, interleaved), then OpStart. OpList stands alone.
const (
	OpList  Op = "list"
	OpOpen  Op = "open"
	OpStart Op = "start"
)

// Command is what the program says to the helper.
type Command struct {
	Op Op `json:"op"`
	// Capture and Play say which directions to open.
	Capture bool `json:"capture"`
	Play    bool `json:"play"`
	// Input and Output name the devices; empty means the system's default.
	Input  string `json:"input"`
	Output string `json:"output"`
	// LengthMS is how long to record, from the first recorded sample.
	LengthMS int64 `json:"length_ms"`
}

// Topic is what an [Event] tells.
type Topic string

// The events in the order they come: hello, asking where it is, ready, then devices for a list,
// or opened, PCM frames with beats between them, done for a run; failed at any time instead.
const (
	// Hello: the process runs; the sound library was not touched yet.
	Hello Topic = "hello"
	// Asking: the system asks the person whether this program may record; what comes next waits for the answer.
	Asking Topic = "asking"
	// Ready: the sound library answered.
	Ready Topic = "ready"
	// Devices carries the list.
	Devices Topic = "devices"
	// Opened carries the real rates; nothing moves yet.
	Opened Topic = "opened"
	// Beat carries how much was played and recorded.
	Beat Topic = "beat"
	// Done carries the counts of the whole run.
	Done Topic = "done"
	// Failed carries why there will be no result.
	Failed Topic = "failed"
)

// Event is what the helper says to the program.
type Event struct {
	Topic   Topic    `json:"topic"`
	Devices []Device `json:"devices,omitzero"`
	// InputDevice and OutputDevice are those that were opened.
	InputDevice  *Device `json:"input_device,omitzero"`
	OutputDevice *Device `json:"output_device,omitzero"`
	// InputRate and OutputRate are the rates the streams were opened at, in Hz; 0 for an absent direction.
	InputRate  int `json:"input_rate,omitzero"`
	OutputRate int `json:"output_rate,omitzero"`
	// Played and Recorded count frames since the start; Played goes on with silence after the sound's end.
	Played   int64 `json:"played,omitzero"`
	Recorded int64 `json:"recorded,omitzero"`
	// Dropped counts recorded frames that were lost because the program did not take them in time.
	Dropped int64 `json:"dropped,omitzero"`
	// Breaks counts the gaps that the sound library itself reported.
	Breaks int64 `json:"breaks,omitzero"`
	// Sides is how much sound the two sides of a recording had; absent for a device of one channel.
	Sides *Sides `json:"sides,omitzero"`
	// Mixer is how the devices are set in the system at the end of a run.
	Mixer Mixer `json:"mixer,omitzero"`
	// Problem, Direction, Message and Choices are set for Failed.
	Problem   Problem   `json:"problem,omitzero"`
	Direction Direction `json:"direction,omitzero"`
	Message   string    `json:"message,omitzero"`
	Choices   []string  `json:"choices,omitzero"`
}

// Mixer is how devices are set in the system; nil is what it does not tell.
type Mixer struct {
	// InputMuted and OutputMuted: muted, or at a volume of zero.
	InputMuted  *bool `json:"input_muted,omitzero"`
	OutputMuted *bool `json:"output_muted,omitzero"`
	// InputForbidden: programs may not use the microphone.
	InputForbidden *bool `json:"input_forbidden,omitzero"`
}

// Sides are the sums of the squares of the first two channels' samples since the start.
type Sides struct {
	Left  float64 `json:"left"`
	Right float64 `json:"right"`
}

// Problem is why the helper gave up.
type Problem string

// The problems a helper can tell itself; a helper that hangs or dies tells none.
const (
	NoDevice  Problem = "no-device"
	Unknown   Problem = "unknown-name"
	Ambiguous Problem = "ambiguous-name"
	Open      Problem = "open-failed"
	Library   Problem = "library-failed"
	Unbuilt   Problem = "not-built"
	Misuse    Problem = "misuse"
)

// Send writes v, a [Command] or an [Event], as a JSON frame.
func Send(w io.Writer, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return Write(w, Frame{Kind: JSON, Payload: data})
}

// Decode reads a JSON frame's payload into v. Unknown members are an error:
// both ends are the same program.
func (f Frame) Decode(v any) error {
	if f.Kind != JSON {
		return fmt.Errorf("%w: sound where words were expected", ErrFrame)
	}
	if err := json.Unmarshal(f.Payload, v, json.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	return nil
}
