package catalog

// Symptom is what a person complains of, and the checks that bear on it.
type Symptom struct {
	// Name is one word, as it is typed.
	Name string
	// Checks are in the order that finds the cause fastest: what takes seconds and
	// explains most comes first.
	Checks []string
}

// Symptoms are all that are known, those of the line first.
func Symptoms() []Symptom {
	return []Symptom{
		{"offline", []string{"network.path"}},
		{"slow", []string{"network.path", "internet.speed", "machine.memory", "machine.cpu"}},
		{"calls", []string{"network.path", "webrtc.connect", "webrtc.media"}},
		{"choppy", []string{"network.path", "webrtc.media", "machine.memory", "machine.cpu", "internet.speed"}},
		{"unheard", []string{"audio.microphone", "machine.memory", "machine.cpu"}},
		{"silence", []string{"audio.output"}},
		{"computer", []string{"machine.memory", "machine.system", "machine.cpu"}},
		{"all", []string{"network.path", "machine.memory", "machine.system", "machine.cpu", "audio.output", "audio.microphone", "webrtc.connect", "internet.speed", "webrtc.media"}},
	}
}
