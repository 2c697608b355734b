package audio

import (
	"errors"

	"linecheck/checks"
	"linecheck/checks/audio/device"
	"linecheck/report"
)

// problem turns what went wrong with a device or its helper into a reason. way is
// the direction that the check is about, for errors that do not name one.
func problem(err error, way device.Direction) error {
	var e *device.Error
	if !errors.As(err, &e) {
		return err
	}
	code, fault := reason(e, way)
	return checks.Unavailable(code, fault, err)
}

func reason(e *device.Error, way device.Direction) (string, report.Fault) {
	system := e.Direction == device.Both
	if !system {
		way = e.Direction
	}
	name := "audio.output"
	if way == device.Input {
		name = "audio.microphone"
	}
	switch e.Kind {
	case device.Missing:
		return "audio.helper.missing", report.FaultUs
	case device.Crashed:
		return "audio.helper.crashed", report.FaultUs
	case device.NoDevice:
		return name + ".none", report.FaultYou
	case device.UnknownName:
		return name + ".unknown", report.FaultYou
	case device.AmbiguousName:
		return name + ".ambiguous", report.FaultYou
	case device.Gone:
		return name + ".gone", report.FaultYou
	case device.OverBudget:
		return name + ".slow", report.FaultYou
	case device.OpenFailed:
		if system {
			return "audio.system.failed", report.FaultYou
		}
		return name + ".open", report.FaultYou
	case device.Stalled:
		if system {
			return "audio.system.stalled", report.FaultYou
		}
		return name + ".stalled", report.FaultYou
	default:
		return "audio.helper.crashed", report.FaultUs
	}
}
