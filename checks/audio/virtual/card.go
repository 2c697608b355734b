package virtual

import (
	"errors"
	"time"
)

// Card is one virtual sound card. Each is listed as an output named [Card.Output]
// and an input named [Card.Input].
type Card string

// The cards.
const (
	// Headset: 48 kHz; the microphone hears nothing of the output.
	Headset Card = "headset"
	// Laptop: 48 kHz; the output reaches the microphone through a room.
	Laptop Card = "laptop"
	// HandsFree: 8 kHz mono both ways, as Bluetooth's hands-free profile.
	HandsFree Card = "hfp"
	// Muted: the microphone is muted in the mixer: exact zeros.
	Muted Card = "muted"
	// Quiet: the microphone's gain is -50 dB.
	Quiet Card = "quiet"
	// Loud: the microphone's gain is +30 dB, so that speech clips.
	Loud Card = "loud"
	// Cable: the microphone is the output, sample by sample.
	Cable Card = "cable"
)

// View is which cards a program sees: one card's name as View(Card) makes it the
// only card and the default; or one of these.
type View string

// The views beside single cards.
const (
	// All cards; the headset is the default.
	All View = "all"
	// None: no device at all.
	None View = "none"
	// NoInput: one output, no input.
	NoInput View = "noinput"
)

// Options change what [Start] sets up; the zero value is good.
type Options struct {
	// Cards are those to plug in; nil means all.
	Cards []Card
	// RoomTone is the level in dBFS (RMS) of steady noise in every room; 0 means none. A room
	// without any sounds like a muted microphone: exact zeros.
	RoomTone float64
	// EchoDB is the level in dB of the laptop's echo before its room; the microphone gets about 7.7 dB less. 0 means -20.
	EchoDB float64
	// Patience is how long the server may take to come up; 0 means 10 s.
	Patience time.Duration
}

// ErrUnavailable is the error where virtual cards cannot be had: not Linux, or
// PulseAudio is not installed.
var ErrUnavailable = errors.New("virtual sound cards need Linux with pulseaudio, pulseaudio-utils and libasound2-plugins")

// Sound is samples to play, 1 is full scale.
type Sound struct {
	Samples []float64
	// Rate in Hz.
	Rate int
	// Loop repeats it until it is stopped.
	Loop bool
}

// Output is the name under which the card's loudspeaker is listed.
func (c Card) Output() string {
	switch c {
	case Headset:
		return "USB Headset"
	case Laptop:
		return "Laptop Built-in Audio"
	case HandsFree:
		return "Auriculares Señal BT"
	case Muted:
		return "Muted Webcam"
	case Quiet:
		return "Quiet Microphone"
	case Loud:
		return "Loud Microphone"
	case Cable:
		return "Loopback Cable"
	default:
		return string(c)
	}
}

// Input is the name under which the card's microphone is listed.
func (c Card) Input() string { return c.Output() + " Mic" }

// Cards are all there are.
func Cards() []Card { return []Card{Headset, Laptop, HandsFree, Muted, Quiet, Loud, Cable} }

func (c Card) sink() string   { return string(c) + "_out" }
func (c Card) source() string { return string(c) + "_mic" }

// room is the sink that the microphone listens to.
func (c Card) room() string {
	if c == Cable {
		return c.sink()
	}
	return string(c) + "_air"
}

// format is the card's rate in Hz and channels.
func (c Card) format() (rate, channels int) {
	if c == HandsFree {
		return 8000, 1
	}
	return 48000, 2
}
