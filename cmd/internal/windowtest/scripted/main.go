//go:build cgo

// Command scripted is the applicant's window with an engine that plays a script instead
// of measuring, so that benchmarks see what the window alone costs: "floor" is a bare
// window of the toolkit, "checks" a list of checks with a speed that is drawn, "level" with
// a sound level, "quiet" with the processor under measurement. It is no part of what is shipped.
package main

import (
	"context"
	"math"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"

	"linecheck/checks"
	"linecheck/cmd/internal/wiring"
	"linecheck/gui"
	"linecheck/gui/model"
	"linecheck/report"
)

func main() {
	script := "floor"
	if len(os.Args) > 1 {
		script = os.Args[1]
	}
	app.SetMetadata(fyne.AppMetadata{ID: "scripted", Name: "Scripted"})
	a := app.New()
	if script == "floor" {
		w := a.NewWindow("Linecheck")
		w.SetContent(widget.NewLabel("Nothing"))
		w.Resize(fyne.NewSize(1024, 700))
		w.ShowAndRun()
		return
	}
	words, err := wiring.Messages("en")
	if err != nil {
		panic(err)
	}
	w := gui.New(a, gui.Config{Engine: engine{script}, Words: func(string) model.Words { return words }})
	w.Start()
	a.Run()
	w.Close(time.Second)
}

// engine plays a script.
type engine struct{ script string }

// Open is at the paused checks at once, as after an interruption: Enter goes on.
func (e engine) Open(context.Context, model.Wish, model.Preferences) (model.Offer, error) {
	o := model.Offer{Place: model.Place{Screen: model.Checking}}
	for _, id := range []string{"machine.system", "machine.memory", "machine.cpu", "audio.output", "audio.microphone", "internet.speed", "webrtc.connect", "webrtc.media"} {
		p := model.Planned{Spec: checks.Spec{ID: id}}
		if id == "machine.cpu" {
			p.Needs = []checks.Resource{checks.CPU}
		}
		o.Plan = append(o.Plan, p)
	}
	return o, nil
}

// Run goes on until the window is closed.
func (e engine) Run(ctx context.Context, _ []string, events func(checks.Event)) model.Outcome {
	check := map[string]string{"checks": "internet.speed", "level": "audio.microphone", "quiet": "machine.cpu"}[e.script]
	events(checks.Event{Type: checks.EventStarted, Check: check})
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ctx.Err() == nil; i++ {
		<-tick.C
		events(checks.Event{Type: checks.EventProgress, Check: check, Progress: e.moment(float64(i))})
	}
	return model.Outcome{Stopped: true}
}

func (e engine) moment(i float64) checks.Progress {
	p := checks.Progress{Fraction: math.Mod(i/4000, 1)}
	wave := report.Number(0.5 + 0.4*math.Sin(i/9))
	switch e.script {
	case "checks":
		p.Stage, p.Live = "download", []report.Metric{{Key: "internet.download.mbps", Value: 100 * wave, Unit: "Mbit/s"}}
	case "level":
		p.Stage, p.Live = "speak", []report.Metric{{Key: "audio.microphone.level.dbfs", Value: -60 + 50*wave, Unit: "dBFS"}, {Value: -10, Unit: "dBFS"}}
	default:
		p.Stage, p.Live = "load", []report.Metric{{Key: "machine.cpu.load.ratio", Value: wave, Unit: "ratio"}, {Value: wave, Unit: "ratio"}}
	}
	return p
}

func (engine) Halt(string, bool) {}
func (engine) Keep(model.Place)  {}

// Deliver is never reached.
func (engine) Deliver(context.Context, string, bool) model.Delivery { return model.Delivery{} }
