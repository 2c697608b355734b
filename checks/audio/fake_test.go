package audio_test

import (
	"math"
	"os"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/checks/audio"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
	"linecheck/checks/audio/device/protocol"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
	"linecheck/report"
)

// fakeEnv makes this test binary a helper without a sound library, for rooms and
// faults that virtual cards do not have.
const fakeEnv = "LINECHECK_TEST_FAKE"

func TestMain(m *testing.M) {
	if name := os.Getenv(fakeEnv); name != "" {
		os.Exit(rooms()[name].play())
	}
	os.Exit(lab.Main(m))
}

// room is what a fake helper records: the probe at a gain over a noise.
type room struct {
	rate        int     // of the input; the output has 44100
	gain, noise float64 // dB, dBFS
	breaks      int64
	fail        protocol.Problem
	way         protocol.Direction
	onlyOnce    bool // fail where recording is asked for, and play otherwise
}

func rooms() map[string]room {
	return map[string]room{
		"speakers":     {rate: 16000, gain: -30, noise: -50},
		"headphones":   {rate: 16000, gain: -200, noise: -60},
		"weak":         {rate: 48000, gain: -55, noise: -80},
		"loud":         {rate: 16000, gain: -200, noise: -20},
		"gaps":         {rate: 48000, gain: -200, noise: -60, breaks: 1},
		"gaps, echo":   {rate: 48000, gain: -30, noise: -60, breaks: 1},
		"no consent":   {rate: 48000, fail: protocol.Open, way: protocol.Input, onlyOnce: true},
		"nothing open": {fail: protocol.Open, way: protocol.Output},
		"no library":   {fail: protocol.Library},
		"unbuilt":      {fail: protocol.Unbuilt},
	}
}

func (r room) play() int {
	say := func(ev protocol.Event) { _ = protocol.Send(os.Stdout, ev) }
	hear := func() (cmd protocol.Command) {
		for {
			f, err := protocol.Read(os.Stdin)
			if err != nil {
				os.Exit(9)
			}
			if f.Kind == protocol.JSON {
				_ = f.Decode(&cmd)
				return cmd
			}
		}
	}
	say(protocol.Event{Topic: protocol.Hello})
	cmd := hear()
	say(protocol.Event{Topic: protocol.Ready})
	if r.fail != "" && !(r.onlyOnce && !cmd.Capture) {
		say(protocol.Event{Topic: protocol.Failed, Problem: r.fail, Direction: r.way, Message: "as told"})
		return 1
	}
	d := protocol.Device{Name: "Maria's headset", API: "Fake", Inputs: 1, Outputs: 2}
	say(protocol.Event{Topic: protocol.Opened, InputDevice: &d, OutputDevice: &d, InputRate: r.rate, OutputRate: 44100})
	hear()
	if cmd.Capture {
		_ = protocol.WriteSamples(os.Stdout, r.recording())
	}
	say(protocol.Event{Topic: protocol.Done, Played: 1 << 20, Breaks: r.breaks})
	return 0
}

// recording is what the microphone hears of the probe, a fifth of a second late.
func (r room) recording() []float32 {
	probe := analysis.Probe(r.rate)
	late := r.rate / 5
	out := make([]float32, len(probe)/2)
	for i, v := range virtual.Noise(r.rate, analysis.ProbeLength.Seconds(), r.noise, 5).Samples {
		out[i] = float32(v)
		if i >= late {
			out[i] += float32(math.Pow(10, r.gain/20)) * probe[2*(i-late)]
		}
	}
	return out
}

func TestOutputInRooms(t *testing.T) {
	for _, c := range []struct {
		room, kind, echo, why string
		db                    float64
	}{
		{"speakers", "speakers", "found", "", -30},
		{"headphones", "headphones", "none", "", 0},
		{"weak", "unknown", "found", "weak", -55},
		{"loud", "unknown", "cannot-tell", "noise", 0},
		{"gaps", "unknown", "cannot-tell", "gaps", 0},
		{"gaps, echo", "speakers", "found", "", -30}, // what was heard was heard
		{"no consent", "unknown", "cannot-tell", "input", 0},
	} {
		ev, _ := checks.RunOne(t.Context(), audio.NewOutput(config(c.room)), nil)
		if ev.Outcome != report.Measured || ev.Facts["kind"] != c.kind || ev.Facts["echo"] != c.echo || ev.Facts["echo.reason"] != c.why || ev.Facts["api"] != "Fake" {
			t.Errorf("%s: %s %s %v", c.room, ev.Outcome, ev.Reason, ev.Facts)
		}
		m, ok := ev.Metric("audio.output.echo.db")
		if ok != (c.db != 0) || ok && math.Abs(float64(m.Value)-c.db) > 0.5 {
			t.Errorf("%s: echo %v", c.room, m)
		}
		if m, ok := ev.Metric("audio.output.rate.hz"); !ok || m.Value != 44100 {
			t.Errorf("%s: rate %v", c.room, m)
		}
		for key, fact := range ev.Facts {
			if key == "device" || fact == "Maria's headset" {
				t.Errorf("%s: the device's name is in the evidence: %s", c.room, key)
			}
		}
	}
}

func TestOutputThatCannotPlay(t *testing.T) {
	for name, want := range map[string]string{
		"nothing open": "audio.output.open", "no library": "audio.system.failed", "unbuilt": "audio.helper.missing",
	} {
		begin := time.Now()
		ev, _ := checks.RunOne(t.Context(), audio.NewOutput(config(name)), nil)
		if ev.Outcome != report.Unavailable || ev.Reason != want || len(ev.Metrics)+len(ev.Facts) > 0 {
			t.Errorf("%s: %s %s %v", name, ev.Outcome, ev.Reason, ev.Facts)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func config(room string) audio.Config {
	return audio.Config{Helper: device.Helper{Command: []string{os.Args[0]}, Env: append(os.Environ(), fakeEnv+"="+room)}}
}
