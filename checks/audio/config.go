package audio

import "linecheck/checks/audio/device"

// The ids of the checks.
const (
	OutputID     = "audio.output"
	MicrophoneID = "audio.microphone"
)

// Config is what both checks need.
type Config struct {
	// Helper is the process that holds the sound library.
	Helper device.Helper
	// Input and Output are the chosen devices' names or parts of them; empty means the system's default.
	Input, Output string
	// Person says that somebody sits there who was asked to be quiet for three seconds and
	// then to speak. Without, noise and speech are looked for in the whole recording.
	Person bool
}
