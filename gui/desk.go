package gui

import (
	"context"
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"linecheck/gui/model"
)

// Desk is what the window can do on the computer beside checking it. Members that
// are nil cannot be done.
type Desk struct {
	// Save keeps the person's preferences.
	Save func(model.Preferences)
	// Setting opens a page of the system's settings.
	Setting func(page string) error
	// Reveal shows a file in its folder.
	Reveal func(path string) error
	// Support makes the support bundle and returns its path.
	Support func(ctx context.Context) (string, error)
}

// help does what an action says.
func (w *App) help(a model.Action) {
	desk := w.cfg.Desk
	switch a.Do {
	case model.ActChoose:
		w.choose()
	case model.ActPlay:
		if output := w.model.Preferences().Output; w.cfg.Sound != nil {
			w.aside("gui.play.failed", func(ctx context.Context) (model.Told, error) {
				return model.Told{}, w.cfg.Sound.Play(ctx, output)
			})
		}
	case model.ActSetting:
		if desk.Setting != nil {
			w.aside("gui.setting.failed."+a.About, func(context.Context) (model.Told, error) { return model.Told{}, desk.Setting(a.About) })
		}
	case model.ActReveal:
		if desk.Reveal != nil {
			w.aside("gui.reveal.failed", func(context.Context) (model.Told, error) { return model.Told{}, desk.Reveal(a.About) })
		}
	case model.ActBrowse:
		w.aside("gui.browse.failed", func(context.Context) (model.Told, error) {
			address, err := url.Parse(a.About)
			if err != nil {
				return model.Told{}, err
			}
			return model.Told{}, w.app.OpenURL(address)
		})
	case model.ActSupport:
		if desk.Support != nil {
			w.aside("gui.support.failed", func(ctx context.Context) (model.Told, error) {
				path, err := desk.Support(ctx)
				return model.Told{Key: "gui.support.done", Value: path}, err
			})
		}
	}
}

// aside does something beside the session, and tells how it came out; failed is
// the text for a failure.
func (w *App) aside(failed string, do func(context.Context) (model.Told, error)) {
	w.jobs.Go(func() {
		told, err := do(w.ctx)
		if err != nil {
			told = model.Told{Key: failed, Value: err.Error()}
		}
		if told.Key != "" && w.ctx.Err() == nil {
			w.bridge.post(told)
		}
	})
}

// choose lets the person choose an invite's file.
func (w *App) choose() {
	d := dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
		if err != nil || f == nil {
			return
		}
		path := f.URI().Path()
		_ = f.Close()
		w.send(model.Linked{Wish: model.Wish{File: path}})
	}, w.window)
	d.Show()
}
