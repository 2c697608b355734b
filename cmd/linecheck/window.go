//go:build cgo

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"linecheck/assets"
	"linecheck/cmd/internal/buildinfo"
	"linecheck/cmd/internal/cli"
	"linecheck/gui"
)

const (
	// firstPaint is how long the first picture may take once the window was made. It
	// takes a third of a second on slow machines; without OpenGL it never comes, and the
	// program would stay for ever.
	firstPaint = 2 * time.Second
	// patience is how long the engine may take to end once the window is closed.
	patience = 5 * time.Second
)

// run shows the window until it is closed. It must be called on the main goroutine.
func (w window) run(ctx context.Context) error {
	painted := make(chan struct{})
	w.cfg.Painted = func() { close(painted) }
	shown, a, err := w.start()
	if err != nil {
		return withoutWindow(w.err, w.cfg.Words(w.cfg.Preferences.Language), w.home, w.wish, err)
	}
	a.Lifecycle().SetOnStarted(func() {
		go w.watch(ctx, painted)
		w.first.shown(shown.Open)
	})
	a.Run()
	if !shown.Close(patience) {
		fmt.Fprintf(w.err, "%s: a check did not stop in time and was left behind\n", name)
	}
	return nil
}

// start makes and shows the window. The graphics library panics where it cannot reach the
// display: to the person that is no crash, but a computer without a display.
func (w window) start() (shown *gui.App, a fyne.App, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the display cannot be used (%v)", v)
		}
	}()
	if dir, err := os.UserCacheDir(); err == nil { // the library complains where it is not there
		_ = os.MkdirAll(dir, 0o700)
	}
	receiveLinks(w.first.giveLink) // before the graphics library launches the application
	app.SetMetadata(fyne.AppMetadata{ID: appID, Name: "Linecheck", Version: buildinfo.Version()})
	a = app.New()
	if icon, err := assets.Icon("linecheck.png"); err == nil {
		a.SetIcon(fyne.NewStaticResource("linecheck.png", icon))
	}
	shown = gui.New(a, w.cfg)
	shown.Start()
	return shown, a, nil
}

// appID names the program to the desktop.
const appID = "com.linecheck.linecheck"

// watch ends the window where nothing is ever painted: it then is nowhere to be
// seen, and would hold the session's lock. The check goes on without it.
func (w window) watch(ctx context.Context, painted <-chan struct{}) {
	select {
	case <-painted:
		return
	case <-ctx.Done():
		return
	case <-time.After(firstPaint):
	}
	w.leave()
	err := withoutWindow(w.err, w.cfg.Words(w.cfg.Preferences.Language), w.home, w.wish, errNoOpenGL)
	os.Exit(cli.Report(err, name, w.err))
}
