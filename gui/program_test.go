package gui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"linecheck/checks/session"
	"linecheck/gui/model"
	"linecheck/report"
)

// An invite that asks for a newer program: nothing is measured, the window says which one is
// asked for, and a button opens the address in the browser.
func TestAnInviteForANewerProgram(t *testing.T) {
	const link = "https://jobs.example/linecheck?os=any#newest"
	r := newRecruiter(t)
	r.program = &report.NeededProgram{AtLeast: "1.4.0", Link: link}
	real, runs := newEngine(t, t.TempDir(), r.offer(t))
	real.opt.Session.Program.Version = "v1.3.0"
	_, err := real.Open(t.Context(), anInvite(), model.Preferences{})
	if got := opened(model.Offer{}, err); got != (model.OpenFailed{Code: session.ProgramRefusal, Text: err.Error(), Old: model.Old{Version: "v1.3.0", AtLeast: "1.4.0", Link: link}}) {
		t.Fatalf("%+v", got)
	}
	e := sample(false)
	e.openErr = err
	d := sit(t, e, english(t))
	d.until(model.Refused)
	d.sees("This is version 1.3.0 of the program. The invite asks for 1.4.0 or newer.", link, "program.old")
	d.press("Open the download page")
	d.app.jobs.Wait()
	if !slices.Equal(d.fyne.opened, []string{link}) {
		t.Errorf("in the browser: %q", d.fyne.opened)
	}
	d.fyne.broken = errors.New("no browser")
	d.press("Open the download page")
	d.wait("that it failed", func() bool { return strings.Contains(d.text(), "The browser could not be opened.") })
	if runs.Load() > 0 || e.said() != "open" {
		t.Errorf("%d checks ran; the engine was asked to %s", runs.Load(), e.said())
	}
	real.opt.Session.Program.Version = "v1.4.0"
	if o := open(t, real, anInvite()); o.Invite == nil {
		t.Error("a program that will do gets no invite")
	}
}
