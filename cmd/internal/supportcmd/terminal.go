package supportcmd

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"linecheck/checks"
	"linecheck/checks/session"
	"linecheck/cmd/internal/cli"
	"linecheck/report"
	"linecheck/report/advice"
	"linecheck/report/bundle"
	"linecheck/report/render"
)

// terminal shows a run to a person. On a real terminal each running check has
// a line that moves; elsewhere a line is printed when something begins, every
// few seconds, and when it ends.
type terminal struct {
	err, out io.Writer
	words    *advice.Catalogue
	live     bool
	width    int

	mu      sync.Mutex // of what follows: checks ask while others report
	running []*row
	drawn   int  // lines of running checks on the screen
	paused  bool // somebody is being asked: nothing may move below the question
}

// row is one running check.
type row struct {
	check   string
	at      checks.Progress
	elapsed time.Duration
	said    time.Duration
	stage   string
}

// sayEvery is how often a running check is mentioned where nothing can move.
const sayEvery = 3 * time.Second

func newTerminal(err, out io.Writer, words *advice.Catalogue) *terminal {
	t := &terminal{err: err, out: out, words: words, width: cli.Width(err)}
	t.live = t.width > 0 && os.Getenv("TERM") != "dumb"
	return t
}

func (t *terminal) close() { t.clear() }

func (t *terminal) notice(text string) {
	t.clear()
	for _, line := range strings.Split(text, "\n") {
		fmt.Fprint(t.err, render.Wrap(line, t.width, "    "))
	}
}

func (t *terminal) plan(s *session.Session, noUpload bool) {
	w := t.words
	inv := s.Invite()
	sender, confirmed := s.Sender()
	switch {
	case inv == nil:
		t.notice(w.Name("plan.self-check"))
		if slices.ContainsFunc(s.Plan(), func(i session.Item) bool { return slices.Contains(i.Needs, checks.Network) }) {
			t.notice(w.Name("plan.public"))
		}
	case !confirmed:
		t.notice(w.Name("plan.unconfirmed") + "\n  " + render.Clean(s.Unconfirmed().Error()))
	default:
		t.notice(fmt.Sprintf("%s %s (%s)", w.Name("plan.invited"), render.Clean(sender), render.Clean(inv.Origin)))
		t.notice(fmt.Sprintf("  %s: %s, %s. %s: %s", w.Name("plan.role"), render.Clean(inv.Role), render.Clean(inv.Region),
			w.Name("plan.until"), inv.NotAfter.Format("2006-01-02 15:04 MST")))
	}
	if s.Sealed() {
		t.notice(w.Name("plan.sealed"))
		return
	}
	var typical time.Duration
	var bytes int64
	for _, item := range s.Plan() {
		note := ""
		if item.Kept {
			note = "  (" + w.Name("plan.kept") + ")"
		} else {
			typical += item.Typical
			bytes += item.MaxBytes
		}
		t.notice("  - " + w.Name(item.ID) + note)
	}
	t.notice(fmt.Sprintf("%s %d s, %s %d MB.", w.Name("plan.takes"), int(typical.Seconds()+0.5), w.Name("plan.moves"), bytes/1e6))
	if slices.ContainsFunc(s.Plan(), func(i session.Item) bool { return i.Fans && !i.Kept }) {
		t.notice(w.Name("plan.fans"))
	}
	switch {
	case inv == nil || s.Partial() || !confirmed:
		t.notice(w.Name("plan.nothing-sent"))
	case noUpload:
		t.notice(w.Name("plan.no-upload"))
	default:
		t.notice(w.Name("plan.sent"))
		if s.Pseudonym() {
			t.notice(w.Name("plan.pseudonym"))
		}
		t.notice(w.Name(map[bool]string{true: "plan.voice", false: "plan.no-sound"}[inv.VoiceSample]))
	}
}

// pause lets nothing move until goOn: a question stands on the screen.
func (t *terminal) pause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	t.paused = true
}

// tell prints lines of a question.
func (t *terminal) tell(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notice(text)
}

func (t *terminal) goOn() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.paused = false
}

// say prints a piece of a line.
func (t *terminal) say(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprint(t.err, text)
}

func (t *terminal) event(e checks.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Type {
	case checks.EventStarted:
		t.running = append(t.running, &row{check: e.Check})
		if !t.live {
			t.notice(t.words.Name(e.Check) + " ...")
		}
	case checks.EventProgress:
		t.progress(e)
	case checks.EventFinished:
		for i, r := range t.running {
			if r.check == e.Check {
				t.running = append(t.running[:i], t.running[i+1:]...)
				break
			}
		}
		t.notice(t.finished(e))
		for _, what := range slices.Sorted(maps.Keys(e.Private)) {
			t.notice("  " + t.words.Name(what) + ": " + render.Clean(strings.Join(e.Private[what], ", ")))
		}
	}
	t.draw()
}

func (t *terminal) progress(e checks.Event) {
	for _, r := range t.running {
		if r.check != e.Check {
			continue
		}
		r.at, r.elapsed = e.Progress, e.Elapsed
		stageChanged := e.Progress.Stage != r.stage && e.Progress.Stage != ""
		r.stage = e.Progress.Stage
		if !t.live && !t.paused && (stageChanged || e.Elapsed-r.said >= sayEvery) {
			r.said = e.Elapsed
			fmt.Fprintln(t.err, "  "+t.describe(r))
		}
	}
}

// finished says in one line how a check came out.
func (t *terminal) finished(e checks.Event) string {
	ev := e.Evidence
	name := t.words.Name(e.Check)
	if e.Kept {
		return fmt.Sprintf("%s: %s", name, t.words.Name("plan.kept"))
	}
	text := fmt.Sprintf("%s: %s (%.1f s)", name, t.words.Name("outcome."+string(ev.Outcome)), float64(ev.ElapsedMS)/1000)
	if ev.Reason != "" {
		text += ": " + t.words.For(report.Finding{Code: ev.Reason}).Title
	}
	return text
}

// describe is a running check in one line: a bar, words, and the value of the moment.
func (t *terminal) describe(r *row) string {
	const cells = 20
	full := int(r.at.Fraction*cells + 0.5)
	text := fmt.Sprintf("[%s%s] %3.0f %%  %s", strings.Repeat("#", full), strings.Repeat(".", cells-full), r.at.Fraction*100, t.words.Name(r.check))
	if r.at.Stage != "" {
		text += ": " + t.words.Name("stage."+r.at.Stage)
	}
	for _, m := range r.at.Live {
		if m.Value == 0 {
			continue // nothing yet
		}
		text += "  " + render.Quantity(m.Value.String(), m.Unit, t.words)
		break
	}
	return text
}

// draw shows the running checks below everything said so far.
func (t *terminal) draw() {
	if !t.live || t.paused {
		return
	}
	t.clear()
	for _, r := range t.running {
		text := []rune(t.describe(r))
		if len(text) > t.width-1 {
			text = text[:t.width-1]
		}
		fmt.Fprintln(t.err, string(text))
	}
	t.drawn = len(t.running)
}

// clear takes the running checks off the screen.
func (t *terminal) clear() {
	for ; t.drawn > 0; t.drawn-- {
		fmt.Fprint(t.err, "\x1b[1A\x1b[2K")
	}
}

// waiting shows that the server is waited for.
func (t *terminal) waiting(stage string, elapsed time.Duration) {
	text := fmt.Sprintf("%s (%d s)", t.words.Name("stage.session."+stage), int(elapsed.Seconds()))
	switch {
	case t.live:
		t.clear()
		fmt.Fprintln(t.err, text)
		t.drawn = 1
	case elapsed%sayEvery < sessionBeat:
		fmt.Fprintln(t.err, text)
	}
}

func (t *terminal) waited() { t.clear() }

func (t *terminal) result(a answer) error {
	t.clear()
	fmt.Fprintln(t.err)
	var b strings.Builder
	width := cli.Width(t.out)
	if err := render.Table(&b, t.policyOf(a), t.words, width); err != nil {
		return err
	}
	b.WriteString("\n")
	if err := render.Findings(&b, a.Findings, t.words, width); err != nil {
		return err
	}
	if len(a.Findings) > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s: %s\n", t.words.Name("result.verdict"), t.words.Name("verdict."+string(a.Verdict)))
	if a.Partial {
		b.WriteString(render.Wrap(t.words.Name("result.partial"), width, ""))
	}
	if a.Sent {
		b.WriteString(render.Wrap(t.words.Name("result.sent"), width, ""))
	}
	for _, f := range a.Files {
		fmt.Fprintf(&b, "%s: %s\n", t.words.Name("result.file"), f)
	}
	if a.ReportSHA256 != "" {
		fmt.Fprintf(&b, "%s: %s\n", t.words.Name("bundle.case"), bundle.Code(a.ReportSHA256))
	}
	if a.Browser != "" {
		fmt.Fprintf(&b, "%s: %s\n", t.words.Name("result.browser"), a.Browser)
	}
	_, err := io.WriteString(t.out, b.String())
	return err
}
