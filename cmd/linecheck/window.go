//go:build cgo

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
	"linecheck/gui"
	"linecheck/gui/theme"
)

const (
	// firstPaint is how long the first picture may take. It takes half a second on
	// slow machines; without OpenGL it never comes, and the program would stay for ever.
	firstPaint = 5 * time.Second
	// patience is how long the engine may take to end once the window is closed.
	patience = 5 * time.Second
)

// run shows the window until it is closed. It must be called on the main goroutine.
func (w window) run(ctx context.Context) error {
	painted := make(chan struct{})
	go w.watch(ctx, painted)
	shown, a, err := w.start(painted)
	if err != nil {
		return err
	}
	a.Run()
	if !shown.Close(patience) {
		fmt.Fprintf(w.err, "%s: a check did not stop in time and was left behind\n", name)
	}
	select {
	case <-painted:
		return nil
	default:
		return cli.Fail(cli.CouldNotRun, "the window could not be shown; %s", instead)
	}
}

// start makes and shows the window. The graphics library panics where it cannot reach the
// display: to the person that is no crash, but a computer without a display.
func (w window) start(painted chan<- struct{}) (shown *gui.App, a fyne.App, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = cli.Fail(cli.CouldNotRun, "the display cannot be used (%v); %s", v, instead)
		}
	}()
	app.SetMetadata(fyne.AppMetadata{Name: "Linecheck", Version: buildinfo.Version()})
	a = app.New()
	a.Settings().SetTheme(theme.New())
	shown = gui.New(a, gui.Config{Engine: w.engine, Words: w.words, Person: w.person, Devices: devices, Painted: func() { close(painted) }})
	shown.Start()
	return shown, a, nil
}

// watch ends the program where nothing is ever painted: its window then is
// nowhere to be seen, and would hold the session's lock.
func (w window) watch(ctx context.Context, painted <-chan struct{}) {
	select {
	case <-painted:
	case <-ctx.Done():
	case <-time.After(firstPaint):
		fmt.Fprintf(w.err, "%s: the graphics of this computer show no window (OpenGL 2.1 is needed); %s\n", name, instead)
		os.Exit(cli.CouldNotRun)
	}
}
