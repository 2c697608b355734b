package gui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecheck/gui/internal/look"
	"linecheck/gui/model"
)

func choices(d *desk) (found []*widget.Select) {
	look.Walk(d.app.window.Content(), func(o fyne.CanvasObject) bool {
		if s, ok := o.(*widget.Select); ok {
			found = append(found, s)
		}
		return true
	})
	return found
}

// The person chooses a microphone: the session is planned for it, and the choice stays.
func TestChoosingDevices(t *testing.T) {
	e := sample(true)
	d := sit(t, e, english(t))
	d.until(model.Welcome)
	if len(choices(d)) != 0 {
		t.Error("a choice of nothing")
	}
	d.app.cfg.Devices = func(context.Context) model.Devices {
		return model.Devices{Inputs: []string{"Headset Mic", "Webcam"}, Outputs: []string{"Headset"}}
	}
	d.app.list()
	d.wait("the devices", func() bool { return len(choices(d)) == 2 })
	d.sees("Sound devices")
	choices(d)[0].SetSelected("Webcam")
	d.wait("the session again", func() bool {
		return strings.HasSuffix(e.said(), "choose:Webcam, open") && d.app.model.Screen() == model.Welcome
	})
	if got := choices(d); got[0].Selected != "Webcam" || got[1].Selected != "The system's choice" {
		t.Errorf("%q and %q are shown", got[0].Selected, got[1].Selected)
	}
	choices(d)[0].SetSelectedIndex(0)
	d.wait("the session once more", func() bool {
		return strings.HasSuffix(e.said(), "choose:, open") && d.app.model.Screen() == model.Welcome
	})
}
