package audio

import (
	"context"
	"errors"
	"testing"

	"linecheck/checks"
	"linecheck/checks/audio/device"
	"linecheck/report"
)

func TestReasons(t *testing.T) {
	for _, c := range []struct {
		kind       device.Kind
		way, check device.Direction
		code       string
		fault      report.Fault
	}{
		{device.Missing, device.Both, device.Output, "audio.helper.missing", report.FaultUs},
		{device.Crashed, device.Both, device.Input, "audio.helper.crashed", report.FaultUs},
		{device.Kind("new"), device.Both, device.Input, "audio.helper.crashed", report.FaultUs},
		{device.NoDevice, device.Output, device.Output, "audio.output.none", report.FaultYou},
		{device.NoDevice, device.Input, device.Input, "audio.microphone.none", report.FaultYou},
		{device.UnknownName, device.Input, device.Input, "audio.microphone.unknown", report.FaultYou},
		{device.AmbiguousName, device.Output, device.Output, "audio.output.ambiguous", report.FaultYou},
		{device.OpenFailed, device.Output, device.Output, "audio.output.open", report.FaultYou},
		{device.OpenFailed, device.Both, device.Output, "audio.system.failed", report.FaultYou},
		{device.Gone, device.Input, device.Input, "audio.microphone.gone", report.FaultYou},
		{device.Gone, device.Both, device.Output, "audio.output.gone", report.FaultYou},
		{device.Stalled, device.Input, device.Input, "audio.microphone.stalled", report.FaultYou},
		{device.Stalled, device.Both, device.Input, "audio.system.stalled", report.FaultYou},
		{device.OverBudget, device.Both, device.Output, "audio.output.slow", report.FaultYou},
	} {
		err := problem(&device.Error{Kind: c.kind, Direction: c.way}, c.check)
		var p *checks.Problem
		if !errors.As(err, &p) || p.Code != c.code || p.Fault != c.fault || p.Cause == nil {
			t.Errorf("%s %s: %v, want %s", c.way, c.kind, err, c.code)
		}
	}
	if err := problem(context.Canceled, device.Input); !errors.Is(err, context.Canceled) {
		t.Errorf("a stop became %v", err)
	}
}

func TestWithoutAHelper(t *testing.T) {
	cfg := Config{Helper: device.Helper{Command: []string{t.TempDir() + "/nothing"}}}
	for _, c := range []checks.Check{NewOutput(cfg), NewMicrophone(cfg)} {
		ev, _ := checks.RunOne(t.Context(), c, nil)
		if ev.Outcome != report.Unavailable || ev.Reason != "audio.helper.missing" || ev.Fault != report.FaultUs || len(ev.Metrics) > 0 {
			t.Errorf("%s: %s %s %s %v", ev.Check, ev.Outcome, ev.Reason, ev.Fault, ev.Metrics)
		}
		if s := c.Spec(); s.Timeout < 2*s.Typical || len(s.Needs) < 2 || s.MaxBytes != 0 {
			t.Errorf("%+v", s)
		}
	}
}
