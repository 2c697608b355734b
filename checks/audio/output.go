package audio

import (
	"context"
	"errors"
	"time"

	"linecheck/checks"
	"linecheck/checks/audio/analysis"
	"linecheck/checks/audio/device"
)

// The reasons for an unclear echo that are not the recording's own.
const (
	whyNoInput = "no-input" // there is no microphone to hear an echo with
	whyInput   = "input"    // the microphone could not be used
	whyGaps    = "gaps"     // sound was lost on the way
	whyMuted   = "muted"    // the output is muted in the system
)

// endOfTones is the share of the check's time that the sweeps take where digits follow,
// digitsTime what those take where the answer comes soon.
const (
	endOfTones = 0.3
	digitsTime = 20 * time.Second
)

type output struct{ cfg Config }

// NewOutput is the check "audio.output": does playing work, does the microphone
// hear it (speakers) or not (headphones), and does the person hear each side on
// its side? It plays two short sweeps and listens; where there is no usable
// microphone, playing alone is measured. Where somebody is there, it then plays spoken digits.
func NewOutput(cfg Config) checks.Check { return &output{cfg: cfg} }

func (o *output) Spec() checks.Spec {
	return checks.Spec{
		ID: OutputID, Revision: 2,
		Needs:   []checks.Resource{checks.Speaker, checks.Microphone, checks.CPU},
		Typical: o.cfg.time(4*time.Second, digitsTime), Timeout: o.cfg.time(20*time.Second+device.AnswerTime, personTime), Fresh: fresh,
	}
}

func (o *output) Run(ctx context.Context, rec *checks.Recorder) error {
	rec.Progress(checks.Progress{Stage: "tones"})
	if err := o.sweeps(ctx, rec); err != nil {
		return err
	}
	if o.cfg.Person == nil {
		return nil
	}
	rec.Progress(checks.Progress{Stage: "digits", Fraction: endOfTones})
	return o.digits(ctx, rec)
}

// sweeps plays the probe, listens, and records what was heard.
func (o *output) sweeps(ctx context.Context, rec *checks.Recorder) error {
	echo, result, err := o.hear(ctx)
	if err == nil && lostSound(echo) {
		// The computer was too busy for a moment: that is worth a second try, once.
		echo, result, err = o.hear(ctx)
	}
	if err == nil && wasLoud(echo) {
		a, ok := person{o.cfg.Person}.ask(ctx, checks.Question{ID: "audio.output.quiet", Choices: []string{choiceAgain, choiceSkip}})
		if ok && a.Choice == choiceAgain {
			rec.Progress(checks.Progress{Stage: "tones"})
			echo, result, err = o.hear(ctx)
		}
	}
	if err == nil {
		record(rec, result, echo)
		return nil
	}
	var e *device.Error
	if !errors.As(err, &e) || e.Direction != device.Input {
		return problem(err, device.Output)
	}
	result, err = o.play(ctx)
	if err != nil {
		return problem(err, device.Output)
	}
	why := whyInput
	if e.Kind == device.NoDevice {
		why = whyNoInput
	}
	record(rec, result, analysis.Echo{Listening: analysis.UnknownListening, State: analysis.CannotTell, Why: why})
	return nil
}

// hear plays the probe, listens, and looks for the echo.
func (o *output) hear(ctx context.Context) (analysis.Echo, device.Result, error) {
	recording, result, err := o.listen(ctx)
	if err != nil {
		return analysis.Echo{}, result, err
	}
	echo := analysis.FindEcho(recording, result.InputRate)
	if echo.State == analysis.None && result.Dropped+result.Breaks > 0 {
		echo = analysis.Echo{Listening: analysis.UnknownListening, State: analysis.CannotTell, Why: whyGaps}
	}
	if muted := result.Mixer.OutputMuted; echo.State == analysis.None && muted != nil && *muted {
		echo = analysis.Echo{Listening: analysis.UnknownListening, State: analysis.CannotTell, Why: whyMuted}
	}
	return echo, result, nil
}

// lostSound says whether the answer is unclear because sound was lost inside this computer.
func lostSound(e analysis.Echo) bool {
	return e.State == analysis.CannotTell && (e.Why == whyGaps || e.Why == analysis.WhySlip)
}

// wasLoud says whether the answer is unclear because the room was not quiet.
func wasLoud(e analysis.Echo) bool {
	return e.State == analysis.CannotTell && (e.Why == analysis.WhyTalk || e.Why == analysis.WhyNoise)
}

// listen plays the probe while it records.
func (o *output) listen(ctx context.Context) ([]float32, device.Result, error) {
	var recording []float32
	r := device.Request{Capture: true, Input: o.cfg.Input, Length: analysis.ProbeLength, Play: analysis.Probe, Output: o.cfg.Output}
	result, err := o.cfg.Helper.Run(ctx, r, func(in []float32) { recording = append(recording, in...) })
	return recording, result, err
}

// play plays the first of the two sweeps and does not listen.
func (o *output) play(ctx context.Context) (device.Result, error) {
	first := func(rate int) []float32 { return analysis.Probe(rate)[rate : 2*rate+rate/2] } // from 0.5 to 1.25 s, stereo
	return o.cfg.Helper.Run(ctx, device.Request{Play: first, Output: o.cfg.Output}, nil)
}

// record writes down what was heard. The device's name is left out: it can carry a person's name.
func record(rec *checks.Recorder, result device.Result, echo analysis.Echo) {
	rec.Fact("api", result.OutputAPI)
	rec.Fact("kind", string(echo.Listening))
	rec.Fact("echo", string(echo.State))
	rec.Fact("echo.reason", echo.Why)
	yes(rec, "muted", result.Mixer.OutputMuted)
	rec.Metric("audio.output.rate.hz", float64(result.OutputRate), "Hz", 0)
	if echo.State == analysis.Found {
		rec.Metric("audio.output.echo.db", echo.Gain, "dB", 2)
	}
}
