package audio

import (
	"context"
	"errors"
	"time"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
	"linecheck/report"
)

const (
	// quietTime is how long a person is asked to be quiet, speakTime to read aloud.
	quietTime = 3 * time.Second
	speakTime = 8 * time.Second
	// aloneTime is how long is listened where nobody was asked for anything.
	aloneTime = 3500 * time.Millisecond
	// playbackTime is about how long hearing oneself takes, with the questions.
	playbackTime = 20 * time.Second
	// settleTime is left out of the quiet part: many microphones click and ramp up when opened.
	settleTime = 300 * time.Millisecond
	// fresh is how long evidence of sound may be kept: people change headsets.
	fresh = 10 * time.Minute
)

type microphone struct{ cfg Config }

// NewMicrophone is the check "audio.microphone": how loud, how clean and how wide
// is what the microphone delivers, and is it a voice? Where a person is there, it
// records three seconds of quiet and eight of reading aloud, and plays the
// reading back; where not, 3.5 seconds of whatever comes.
func NewMicrophone(cfg Config) checks.Check { return &microphone{cfg: cfg} }

func (m *microphone) Spec() checks.Spec {
	return checks.Spec{
		ID: MicrophoneID, Revision: 3,
		Needs:   []checks.Resource{checks.Microphone, checks.Speaker, checks.CPU},
		Typical: m.cfg.time(aloneTime+500*time.Millisecond, quietTime+speakTime-aloneTime+playbackTime),
		Timeout: m.cfg.time(25*time.Second+device.AnswerTime, personTime), Fresh: fresh,
	}
}

func (m *microphone) Run(ctx context.Context, rec *checks.Recorder) error {
	if err := m.missing(ctx); err != nil {
		return problem(err, device.Input)
	}
	asked := m.ready(ctx, rec)
	length := aloneTime
	if asked {
		length = quietTime + speakTime
	}
	l := listen(rec, length, asked)
	defer l.stop()
	r := device.Request{Capture: true, Input: m.cfg.Input, Length: length, Opened: l.opened}
	rec.Progress(l.progress(nil))
	result, err := m.cfg.Helper.Run(ctx, r, l.hear)
	if err != nil {
		return problem(err, device.Input)
	}
	rec.Fact("api", result.InputAPI)
	rec.Metric("audio.microphone.rate.hz", float64(result.InputRate), "Hz", 0)
	recordStream(rec, result)
	if l.punctual() {
		recordTimes(rec, l.arrivals, result)
	}
	heard := recording{samples: l.samples, rate: result.InputRate, asked: asked}
	heard.measure(rec)
	trace(rec, l.samples, result.InputRate)
	if asked {
		m.playBack(ctx, rec, heard)
		return m.sample(ctx, rec, heard)
	}
	return nil
}

// missing says that there is no microphone, before somebody is asked to speak into it. Whatever
// else may be wrong shows when it is opened.
func (m *microphone) missing(ctx context.Context) error {
	if m.cfg.Person == nil {
		return nil
	}
	all, err := m.cfg.Helper.List(ctx)
	if err != nil {
		return nil
	}
	var e *device.Error
	if _, err := device.Choose(all, m.cfg.Input, device.Input); errors.As(err, &e) && e.Kind == device.NoDevice {
		return err
	}
	return nil
}

// ready asks whether the person is ready to read aloud. asked is false where nobody
// is there, or where they cannot: then what comes by itself is measured.
func (m *microphone) ready(ctx context.Context, rec *checks.Recorder) (asked bool) {
	a, ok := person{m.cfg.Person}.ask(ctx, checks.Question{ID: "audio.microphone.ready", Choices: []string{choiceReady, checks.Accommodate}})
	if ok && a.Choice == checks.Accommodate {
		rec.Fact(report.AccommodationFact, report.AccommodationRequested)
		return false
	}
	return ok
}

// mostPlaybacks is how often somebody may hear themself.
const mostPlaybacks = 4

// playBack lets the person hear what was just recorded of them, as others will
// hear it, and asks how it was. Nothing of it is kept.
func (m *microphone) playBack(ctx context.Context, rec *checks.Recorder, r recording) {
	p := person{m.cfg.Person}
	a, ok := p.ask(ctx, checks.Question{ID: "audio.microphone.play", Choices: []string{choicePlay, choiceSkip}})
	if !ok || a.Choice != choicePlay {
		return
	}
	play := func(to int) []float32 { return bothSides(analysis.Resample(r.spoken(), r.rate, to)) }
	for i := range mostPlaybacks {
		rec.Progress(checks.Progress{Stage: "playback", Fraction: 1})
		if _, err := m.cfg.Helper.Run(ctx, device.Request{Play: play, Output: m.cfg.Output}, nil); err != nil {
			return // what it is about is the microphone; the other check tells of the output
		}
		choices := []string{"clear", "unclear", choiceNothing, choiceAgain}
		if i == mostPlaybacks-1 {
			choices = choices[:3]
		}
		a, ok = p.ask(ctx, checks.Question{ID: "audio.microphone.heard", Choices: choices})
		if ok && a.Choice == choiceAgain {
			continue
		}
		if ok {
			rec.Fact("playback", a.Choice)
		}
		return
	}
}

func bothSides(x []float32) []float32 {
	out := make([]float32, 0, 2*len(x))
	for _, v := range x {
		out = append(out, v, v)
	}
	return out
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
