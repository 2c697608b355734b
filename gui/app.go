// Package gui is the applicant's window: it shows what the model says, does
// what the model wants done, and carries what happens back to it. The model
// decides what is shown, screens build it, an engine measures and sends. How a
// check measures does not come in here, and neither does the graphics driver:
// only the program brings that, so that all of this is tested without a display.
package gui

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecheck/checks"
	"linecheck/gui/model"
	"linecheck/gui/screen"
	"linecheck/gui/theme"
	own "linecheck/gui/widget"
)

// Engine does the work behind the window. Open, Run and Deliver are called one after
// the other, each in a goroutine of its own, and end soon after ctx does; the others
// from the window's goroutine, and return at once.
type Engine interface {
	// Open confirms the invite and plans, for sound devices that were chosen.
	Open(ctx context.Context, w model.Wish, p model.Preferences) (model.Offer, error)
	// Run measures what was planned and is not kept, and again what is named, and judges it.
	Run(ctx context.Context, again []string, events func(checks.Event)) model.Outcome
	// Halt ends one check of the run.
	Halt(check string, accommodation bool)
	// Deliver seals the report under the legal name, sends it if wanted, and writes
	// its files. It may be called again after a failure.
	Deliver(ctx context.Context, name string, send bool) model.Delivery
	// Keep keeps where the person is.
	Keep(model.Place)
}

// Config is what a window is made of.
type Config struct {
	Engine Engine
	// Words are the texts in a language, by its code; those of the system's language for an empty one.
	Words func(language string) model.Words
	// Languages are those that the person can choose.
	Languages   []model.Language
	Preferences model.Preferences
	// Wish is the session to open first.
	Wish model.Wish
	// Licences is the text of the licences of all that is in the program; empty where nobody is to read it.
	Licences string
	// Terminal is what is typed into a terminal of this computer to run the terminal's program.
	Terminal string
	// Person is who the checks ask; nil where they ask nobody.
	Person *Person
	// Sound lists and tries sound devices; nil where there is none.
	Sound Sound
	// Around looks at the computer's surroundings; nil for nowhere.
	Around func(ctx context.Context) model.Around
	// Desk is what the window can do on the computer beside checking it.
	Desk Desk
	// Painted is called once, when the window was first painted; it may be nil.
	Painted func()
	// Do runs a function on the window's goroutine; nil for Fyne's own way.
	Do func(func())
}

// The window's first size and its least, in device-independent pixels.
const (
	width       = 1024
	height      = 700
	leastWidth  = 500
	leastHeight = 340
)

// App is the window. Its methods are called on the window's goroutine.
type App struct {
	app    fyne.App
	window fyne.Window
	cfg    Config
	model  *model.Model
	bridge *bridge
	keeper keeper

	view     model.View        // that is shown
	shown    model.Preferences // by which it is
	page     screen.Page
	below    *own.Body // of the page before; nil for none
	pixel    fyne.CanvasObject
	question *widget.PopUp // nil while nothing is asked
	asked    model.QuestionView

	ctx    context.Context
	stop   context.CancelFunc
	cancel context.CancelFunc // of the job under way
	jobs   sync.WaitGroup
	watch  watch
}

// New makes the window; nothing runs yet.
func New(a fyne.App, cfg Config) *App {
	words := cfg.Words(cfg.Preferences.Language)
	w := &App{app: a, cfg: cfg, model: model.New(words, cfg.Preferences, cfg.Languages, cfg.Wish)}
	w.model.SetLicences(cfg.Licences)
	w.model.SetTerminal(cfg.Terminal)
	w.look()
	w.window = a.NewWindow(words.Name("gui.window"))
	w.ctx, w.stop = context.WithCancel(context.Background())
	w.cancel = func() {}
	w.bridge = newBridge(cfg.Do, w.handle)
	w.keeper.keep = cfg.Engine.Keep
	if cfg.Person != nil {
		cfg.Person.sits(w.bridge.post)
	}
	w.pixel = firstPaint(cfg.Painted)
	w.window.SetPadded(false)
	w.window.Resize(fyne.NewSize(width, height))
	w.window.SetCloseIntercept(func() { w.send(model.CloseAsked{}) })
	w.window.SetOnDropped(func(_ fyne.Position, files []fyne.URI) {
		if len(files) > 0 {
			w.send(model.Linked{Wish: model.Wish{File: files[0].Path()}})
		}
	})
	w.show()
	return w
}

// look colours the window as the person prefers.
func (w *App) look() {
	p := w.model.Preferences()
	w.shown = p
	w.app.Settings().SetTheme(theme.New(p, w.cfg.Words(p.Language).Tag()))
}

// Start shows the window and opens the session.
func (w *App) Start() {
	w.window.Show()
	w.perform(model.Command{Do: model.Open})
}

// Open takes an invite that was clicked on while the window is open. It may be
// called from any goroutine. An empty wish only brings the window to the front.
func (w *App) Open(wish model.Wish) {
	if wish != (model.Wish{}) {
		w.bridge.post(model.Linked{Wish: wish})
	}
	w.bridge.do(w.window.RequestFocus)
}

// Close ends what is under way and waits for it, but not for longer than
// patience. It says whether all has ended. Call it once the window is gone.
func (w *App) Close(patience time.Duration) bool {
	w.bridge.close()
	w.stop()
	ended := make(chan struct{})
	go func() {
		w.jobs.Wait()
		w.keeper.wait()
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
	w.keeper.set(w.model.Place())
	w.lookAround()
	w.show()
}

// send is how a screen says what the person did.
func (w *App) send(msg model.Msg) { w.handle([]model.Msg{msg}) }

// perform does what the model wants done.
func (w *App) perform(c model.Command) {
	switch c.Do {
	case model.Open:
		wish, prefs := w.model.Wish(), w.model.Preferences()
		w.keeper.forget()
		w.work(func(ctx context.Context) model.Msg { return opened(w.cfg.Engine.Open(ctx, wish, prefs)) })
	case model.Run:
		again := w.model.OrderedAgain()
		w.work(func(ctx context.Context) model.Msg {
			return model.RunEnded{Outcome: w.cfg.Engine.Run(ctx, again, func(e checks.Event) { w.bridge.post(model.Event{Event: e}) })}
		})
	case model.Deliver:
		name := w.model.LegalName()
		w.work(func(ctx context.Context) model.Msg {
			return model.Delivered{Delivery: w.cfg.Engine.Deliver(ctx, name, c.Send)}
		})
	case model.Halt:
		w.cfg.Engine.Halt(c.Check, c.Accommodation)
	case model.Reply:
		if w.cfg.Person != nil {
			w.cfg.Person.answer(w.model.Answer())
		}
	case model.Cancel:
		w.cancel()
	case model.SavePreferences:
		w.prefer()
	case model.Help:
		w.help(c.Action)
	case model.Quit:
		w.bridge.close()
		w.stop()
		w.app.Quit()
	}
}

// prefer shows the window as the person prefers, and keeps that.
func (w *App) prefer() {
	p := w.model.Preferences()
	if s := w.shown; p.Language != s.Language || p.Look != s.Look || p.Large != s.Large { // and not for another headset
		w.model.SetWords(w.cfg.Words(p.Language))
		w.look()
		w.window.SetTitle(w.cfg.Words(p.Language).Name("gui.window"))
	}
	if w.cfg.Desk.Save != nil {
		w.cfg.Desk.Save(p)
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

// show brings the window in line with the model.
func (w *App) show() { w.display(w.model.View()) }

func (w *App) display(v model.View) {
	before := w.view
	w.view = v
	switch {
	case w.page.Content == nil, v.Screen != before.Screen, v.Asked.Number != before.Asked.Number:
		if before.Screen == model.Licences && v.Screen == model.Settings {
			w.returned(screen.New(v, w.send))
			break
		}
		w.below = w.page.Body
		w.turn(screen.New(v, w.send))
	case w.page.Update != nil && reflect.DeepEqual(v.Header, before.Header):
		w.page.Update(v)
	case !reflect.DeepEqual(v, before):
		w.renew(screen.New(v, w.send))
	}
	w.ask(v.Question)
}
