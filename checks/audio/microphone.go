package audio

import (
	"context"
	"math"
	"strconv"
	"time"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
)

const (
	quietTime = 3 * time.Second
	speakTime = 4 * time.Second
	// settleTime is left out of the quiet part: many microphones click and ramp up when opened.
	settleTime = 300 * time.Millisecond
	// fresh is how long evidence of sound may be kept: people change headsets.
	fresh = 10 * time.Minute
)

type microphone struct{ cfg Config }

// NewMicrophone is the check "audio.microphone": how loud, how clean and how
// wide is what the microphone delivers? It records seven seconds: three of quiet and
// four of speech where a person is there, whatever comes where not.
func NewMicrophone(cfg Config) checks.Check { return &microphone{cfg: cfg} }

func (m *microphone) Spec() checks.Spec {
	return checks.Spec{
		ID: MicrophoneID, Revision: 2,
		Needs:   []checks.Resource{checks.Microphone, checks.CPU},
		Typical: quietTime + speakTime + 500*time.Millisecond, Timeout: 25 * time.Second, Fresh: fresh,
	}
}

func (m *microphone) Run(ctx context.Context, rec *checks.Recorder) error {
	l := listen(rec)
	defer l.stop()
	r := device.Request{Capture: true, Input: m.cfg.Input, Length: quietTime + speakTime, Opened: l.opened}
	rec.Progress(checks.Progress{Stage: stageQuiet})
	result, err := m.cfg.Helper.Run(ctx, r, l.hear)
	if err != nil {
		return problem(err, device.Input)
	}
	rec.Fact("api", result.InputAPI)
	rec.Metric("audio.microphone.rate.hz", float64(result.InputRate), "Hz", 0)
	m.measure(rec, l.samples, result.InputRate)
	trace(rec, l.samples, result.InputRate)
	return nil
}

// tracesPerSecond is how many levels a second the trace in the evidence has.
const tracesPerSecond = 10

// trace records the level over time, so that somebody can see what was loud when.
func trace(rec *checks.Recorder, x []float32, rate int) {
	step := rate / tracesPerSecond
	var at []time.Duration
	var levels []float64
	for from := 0; step > 0 && from+step <= len(x); from += step {
		at = append(at, time.Duration(len(at))*time.Second/tracesPerSecond)
		levels = append(levels, analysis.RMS(x[from:from+step]))
	}
	rec.Series("audio.microphone.level.dbfs", "dBFS", at, levels)
}

// measure records what the samples say; what they do not say stays absent.
func (m *microphone) measure(rec *checks.Recorder, x []float32, rate int) {
	if len(x) == 0 {
		return
	}
	zeros := analysis.Zeros(x)
	rec.Metric("audio.microphone.zeros.ratio", zeros, "ratio", len(x))
	if zeros == 1 {
		return
	}
	rec.Metric("audio.microphone.clipped.ratio", analysis.Clipped(x), "ratio", len(x))
	rec.Metric("audio.microphone.offset.ratio", analysis.DC(x), "ratio", len(x))
	m.listenToRoom(rec, x, rate)
	levels := analysis.Levels(m.room(x, rate), analysis.FrameSize(rate))
	quantile := 0.2
	if m.cfg.Person {
		quantile = 0.5
	}
	noise, known := analysis.NoiseFloor(levels, quantile)
	if known {
		rec.Metric("audio.microphone.noise.dbfs", noise, "dBFS", len(levels))
	} else {
		noise = math.Inf(-1)
	}
	speech, spoken := analysis.ActiveSpeech(x, rate, noise)
	if !spoken {
		return
	}
	rec.Metric("audio.microphone.speech.dbfs", speech.Level, "dBFS", speech.Frames)
	if snr, ok := analysis.SNR(speech.Level, noise); ok {
		rec.Metric("audio.microphone.snr.db", snr, "dB", speech.Frames)
	}
	if hz, ok := analysis.Bandwidth(x, rate, speech); ok {
		rec.Metric("audio.microphone.bandwidth.hz", hz, "Hz", speech.Frames)
	}
}

// listenToRoom records what the room sounds like; only where somebody was asked to be quiet.
func (m *microphone) listenToRoom(rec *checks.Recorder, x []float32, rate int) {
	if !m.cfg.Person {
		return
	}
	r, ok := analysis.RoomOf(m.room(x, rate), rate)
	if !ok {
		return
	}
	rec.Metric("audio.microphone.noise.a.dbfs", r.A, "dBFS", r.Spectra)
	if r.HumHz == 0 {
		rec.Fact("hum", "none")
		return
	}
	rec.Fact("hum", strconv.Itoa(r.HumHz))
	rec.Metric("audio.microphone.hum.dbfs", r.Hum, "dBFS", r.Spectra)
}

// room is the part of the recording in which noise is looked for.
func (m *microphone) room(x []float32, rate int) []float32 {
	if !m.cfg.Person {
		return x
	}
	at := func(t time.Duration) int { return min(len(x), int(t.Seconds()*float64(rate))) }
	return x[at(settleTime):at(quietTime)]
}
