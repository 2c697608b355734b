package audio

import (
	"io/fs"

	"linecheck/checks"
	"linecheck/checks/audio/device"
)

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
	// Person is who sits there, is asked to be quiet and to read aloud, and says what
	// they hear. Where it is nil, noise and speech are looked for in whatever comes, and what only a
	// person could tell stays absent.
	Person checks.Person
	// Spoken holds the digits 0.flac to 9.flac in the person's language. It may be nil where Person is.
	Spoken fs.FS
	// VoiceSample: the recruiter asks for a recording of the voice. The person is asked whether they agree.
	VoiceSample bool
	// Seed draws which digits are played: the run's own, so that nobody knows them before.
	Seed []byte
}
