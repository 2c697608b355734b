// Package gui is the applicant's window: it shows what the model says, does
// what the model wants done, and carries what happens back to it. The model
// decides what is shown, screens build it, an engine measures and sends. How a
// check measures does not come in here, and neither does the graphics driver:
// only the program brings that, so that all of this is tested without a display.
package gui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/gui/model"
	"linecheck/gui/screen"
)

// Engine does the work behind the window. Its methods are called one after the
// other, each in a goroutine of its own, and end soon after ctx does.
type Engine interface {
	// Open confirms the invite and plans. fresh: nothing measured before counts.
	Open(ctx context.Context, fresh bool) (model.Offer, error)
	// Choose takes other sound devices from the next Open on; empty names are the system's choice.
	Choose(input, output string)
	// Run measures what was planned and judges it.
	Run(ctx context.Context, events func(checks.Event)) model.Outcome
	// Deliver seals the report under the legal name, sends it where somebody
	// asked for it, and writes its files. It may be called again after a failure.
	Deliver(ctx context.Context, name string) model.Delivery
}

// Config is what a window is made of.
type Config struct {
	Engine Engine
	Words  model.Words
	// Person is who the checks ask; nil where they ask nobody.
	Person *Person
	// Devices lists the sound devices; nil where there is no choice.
	Devices func(ctx context.Context) model.Devices
	// Painted is called once, when the window was first painted; it may be nil.
	Painted func()
	// Do runs a function on the window's goroutine; nil for Fyne's own way.
	Do func(func())
}

// The window's first size and its least, in device-independent pixels.
const (
	width       = 1024
	height      = 700
	leastWidth  = 600
	leastHeight = 440
)

// App is the window. Its methods are called on the window's goroutine.
type App struct {
	app    fyne.App
	window fyne.Window
	cfg    Config
	model  *model.Model
	bridge *bridge

	page     screen.Page
	shown    model.Screen
	asked    int // the number of the question that is shown
	pixel    fyne.CanvasObject
	question dialog.Dialog // nil while nothing is asked

	ctx    context.Context
	stop   context.CancelFunc
	cancel context.CancelFunc // of the job under way
	jobs   sync.WaitGroup
}

// New makes the window; nothing runs yet.
func New(a fyne.App, cfg Config) *App {
	w := &App{app: a, cfg: cfg, model: model.New(cfg.Words), window: a.NewWindow(cfg.Words.Name("gui.window"))}
	w.ctx, w.stop = context.WithCancel(context.Background())
	w.cancel = func() {}
	w.bridge = newBridge(cfg.Do, w.handle)
	if cfg.Person != nil {
		cfg.Person.sits(w.bridge.post)
	}
	w.pixel = firstPaint(cfg.Painted)
	w.window.Resize(fyne.NewSize(width, height))
	w.window.SetCloseIntercept(func() { w.handle([]model.Msg{model.CloseAsked{}}) })
	w.show()
	return w
}

// Start shows the window and opens the session.
func (w *App) Start() {
	w.window.Show()
	w.perform(model.Open)
}

// Close ends what is under way and waits for it, but not for longer than
// patience. It says whether all has ended. Call it once the window is gone.
func (w *App) Close(patience time.Duration) bool {
	w.bridge.close()
	w.stop()
	ended := make(chan struct{})
	go func() {
		w.jobs.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return true
	case <-time.After(patience):
		return false
	}
}

// handle takes what happened and shows what comes of it.
func (w *App) handle(batch []model.Msg) {
	for _, msg := range batch {
		w.perform(w.model.Update(msg))
	}
	w.bridge.setQuiet(w.model.Quiet())
	w.show()
}

// send is how a screen says what the person did.
func (w *App) send(msg model.Msg) { w.handle([]model.Msg{msg}) }

// perform does what the model wants done.
func (w *App) perform(c model.Command) {
	switch c {
	case model.OpenWith:
		chosen := w.model.Chosen()
		w.work(func(ctx context.Context) model.Msg {
			w.cfg.Engine.Choose(chosen.Input, chosen.Output)
			return opened(w.cfg.Engine.Open(ctx, false))
		})
	case model.Open, model.OpenFresh:
		if c == model.Open { // a fresh run begins by itself, and nothing may disturb it
			w.list()
		}
		w.work(func(ctx context.Context) model.Msg { return opened(w.cfg.Engine.Open(ctx, c == model.OpenFresh)) })
	case model.Run:
		w.work(func(ctx context.Context) model.Msg {
			return model.RunEnded{Outcome: w.cfg.Engine.Run(ctx, func(e checks.Event) { w.bridge.post(model.Event{Event: e}) })}
		})
	case model.Deliver:
		name := w.model.LegalName()
		w.work(func(ctx context.Context) model.Msg { return model.Delivered{Delivery: w.cfg.Engine.Deliver(ctx, name)} })
	case model.Reply:
		if w.cfg.Person != nil {
			w.cfg.Person.answer(w.model.Answer())
		}
	case model.Cancel:
		w.cancel()
	case model.Quit:
		w.bridge.close()
		w.stop()
		w.app.Quit()
	}
}

// list finds out which sound devices there are, beside everything else.
func (w *App) list() {
	if w.cfg.Devices != nil {
		w.jobs.Go(func() { w.bridge.post(model.Listed{Devices: w.cfg.Devices(w.ctx)}) })
	}
}

// work runs one job of the engine; what it returns is carried to the model. A
// crash of our own code is shown as what it is: our fault.
func (w *App) work(job func(context.Context) model.Msg) {
	ctx, cancel := context.WithCancel(w.ctx)
	w.cancel = cancel
	w.jobs.Go(func() {
		defer cancel()
		defer func() {
			if v := recover(); v != nil {
				w.bridge.post(model.OpenFailed{Code: model.CodeBroken, Text: fmt.Sprint(v)})
			}
		}()
		w.bridge.post(job(ctx))
	})
}

// opened turns what opening the session returned into a message.
func opened(o model.Offer, err error) model.Msg {
	var no *session.Refusal
	switch {
	case err == nil:
		return model.Opened{Offer: o}
	case errors.As(err, &no):
		return model.OpenFailed{Code: no.Code, Text: no.Error()}
	case errors.Is(err, session.ErrBusy):
		return model.OpenFailed{Code: model.CodeBusy, Text: err.Error()}
	default:
		return model.OpenFailed{Code: model.CodeFolder, Text: err.Error()}
	}
}

// show brings the window in line with the model.
func (w *App) show() { w.display(w.model.View()) }

func (w *App) display(v model.View) {
	switch {
	case v.Screen != w.shown || v.Asked.Number != w.asked:
		w.page, w.shown, w.asked = screen.New(v, w.send), v.Screen, v.Asked.Number
		w.window.SetContent(w.content(w.page))
		w.window.Canvas().SetOnTypedKey(w.page.Key)
		w.window.Canvas().Focus(w.page.First)
	case w.page.Update != nil:
		w.page.Update(v)
	}
	w.ask(v)
}

// content is a page in the window. Without a least width Fyne would try the page
// as narrow as one word, find it very high, and enlarge the window to that.
func (w *App) content(p screen.Page) fyne.CanvasObject {
	least := canvas.NewRectangle(color.Transparent)
	least.SetMinSize(fyne.NewSize(leastWidth, leastHeight))
	return container.NewStack(least, p.Content, w.pixel)
}

// ask shows the question whether to stop and close, or takes it away.
func (w *App) ask(v model.View) {
	if v.Asking == (w.question != nil) {
		return
	}
	if !v.Asking {
		d := w.question
		w.question = nil // hiding answers it, and comes here again
		d.Hide()
		return
	}
	q := dialog.NewConfirm(v.Question.Title, v.Question.Text, func(yes bool) {
		if w.question != nil {
			w.send(model.CloseAnswered{Yes: yes})
		}
	}, w.window)
	q.SetConfirmText(v.Question.Yes)
	q.SetDismissText(v.Question.No)
	q.SetConfirmImportance(widget.DangerImportance)
	w.question = q
	q.Show()
}

// firstPaint is one pixel that nobody sees and that says when it is painted.
func firstPaint(painted func()) fyne.CanvasObject {
	var once sync.Once
	r := canvas.NewRaster(func(int, int) image.Image {
		if painted != nil {
			once.Do(painted)
		}
		return image.NewNRGBA(image.Rect(0, 0, 1, 1)) // transparent
	})
	r.Resize(fyne.NewSize(1, 1))
	return container.NewWithoutLayout(r)
}
