package supportcmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecheck/checks"
	"linecheck/cmd/internal/cli"
	"linecheck/report"
	"linecheck/report/policy"
	"linecheck/report/render"
)

// The bounds of watching.
const (
	leastEvery = 10 * time.Second
	mostFor    = 7 * 24 * time.Hour
)

// glance is one look of "watch", as JSON.
type glance struct {
	Schema string    `json:"schema"`
	At     time.Time `json:"at"`
	// Cause is the finding to act on first; absent while nothing is wrong.
	Cause *report.Finding `json:"cause,omitzero"`
	// Changed: it is another one than at the look before.
	Changed  bool              `json:"changed"`
	Evidence []report.Evidence `json:"evidence"`
}

const glanceSchema = "linecheck.watch/1"

func watchCmd() *cobra.Command {
	var f runFlags
	var every, length time.Duration
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Look again and again, and show when it went bad",
		Long: `Look again and again, and show when it went bad: for trouble that comes and goes.

Each look takes two or three seconds and moves about 100 kB: names, addresses, the
server, small and large packets, the router, other programs' traffic. A line is
printed when something changes, and a summary at the end. Ctrl-C ends it. With an
invite it takes one of its runs, however long it goes on.`,
		Args: cobra.NoArgs,
		RunE: cli.Run(func(cmd *cobra.Command, _ []string) error { return watch(cmd, f, every, length) }),
	}
	fl := cmd.Flags()
	fl.StringVar(&f.invite, "invite", "", "invite file, or linecheck:// link: looks at the way to its server")
	fl.StringVar(&f.probe, "probe", "", "address of the invite's server, where it has another name from here")
	fl.BoolVar(&f.json, "json", false, "one JSON object a line: each look")
	fl.DurationVar(&every, "every", 30*time.Second, "time from one look to the next, at least 10s")
	fl.DurationVar(&length, "for", 8*time.Hour, "how long to watch")
	return cmd
}

func watch(cmd *cobra.Command, f runFlags, every, length time.Duration) error {
	if every < leastEvery || length <= 0 || length > mostFor {
		return cli.Fail(cli.Usage, "--every must be at least %v, and --for at most %v", leastEvery, mostFor)
	}
	f.checks, f.yes = symptom("offline").Checks, true
	w := &watcher{cmd: cmd, flags: f}
	defer w.close()
	end := time.After(length)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := w.look(time.Now()); err != nil {
			return err
		}
		select {
		case <-cmd.Context().Done():
			return w.summary(time.Now())
		case <-end:
			return w.summary(time.Now())
		case <-tick.C:
		}
	}
}

// watcher is a watch under way.
type watcher struct {
	cmd   *cobra.Command
	flags runFlags
	p     *program
	done  func()

	looks int
	spans []span
}

// span is a time in which the same thing was wrong, or nothing.
type span struct {
	from  time.Time
	cause *report.Finding
}

func (w *watcher) close() {
	if w.p != nil {
		w.p.session.Close()
		w.done()
		w.p = nil
	}
}

// look looks once. A session whose server could not confirm the invite is opened anew each time.
func (w *watcher) look(at time.Time) error {
	if w.p != nil && w.p.session.Unconfirmed() != nil {
		w.close()
	}
	if w.p == nil {
		p, done, err := openTrial(w.cmd, w.flags)
		if err != nil {
			return err
		}
		if p.session == nil {
			done()
			return cli.Fail(cli.CouldNotRun, "%s (%s)", p.words.For(p.own[0]).Title, p.own[0].Code)
		}
		w.p, w.done = p, done
	}
	found := w.p.session.Search(w.cmd.Context(), func(checks.Event) {}, func([]report.Evidence) bool { return false })
	if w.cmd.Context().Err() != nil {
		return nil
	}
	g := glance{Schema: glanceSchema, At: at.UTC().Truncate(time.Second), Evidence: found}
	if first, ok := policy.First(w.p.session.Appraise(found).Findings); ok {
		g.Cause = &first
	}
	w.looks++
	n := len(w.spans)
	other := n == 0 || codeOf(w.spans[n-1].cause) != codeOf(g.Cause)
	if other {
		w.spans = append(w.spans, span{from: at, cause: g.Cause})
	}
	if w.flags.json {
		g.Changed = other && n > 0
		return writeJSON(w.cmd, g)
	}
	if other {
		w.cmd.Printf("%s  %s\n", at.Format("2006-01-02 15:04:05"), w.words(g.Cause))
	}
	return nil
}

func codeOf(f *report.Finding) string {
	if f == nil {
		return ""
	}
	return f.Code
}

// words say what is wrong, or that nothing is.
func (w *watcher) words(f *report.Finding) string {
	if f == nil {
		return w.p.words.Name("watch.good")
	}
	return fmt.Sprintf("%s (%s)", render.Clean(w.p.words.For(*f).Title), f.Code)
}

// summary says how long it was good and how long each trouble lasted.
func (w *watcher) summary(now time.Time) error {
	if w.flags.json || w.p == nil {
		return nil
	}
	type total struct {
		words string
		times int
		time  time.Duration
	}
	var list []*total
	for i, s := range w.spans {
		until := now
		if i+1 < len(w.spans) {
			until = w.spans[i+1].from
		}
		words := w.words(s.cause)
		var t *total
		for _, one := range list {
			if one.words == words {
				t = one
			}
		}
		if t == nil {
			t = &total{words: words}
			list = append(list, t)
		}
		t.times++
		t.time += until.Sub(s.from)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n", strings.NewReplacer("{looks}", fmt.Sprint(w.looks)).Replace(w.p.words.Name("watch.summary")))
	for _, t := range list {
		fmt.Fprintf(&b, "  %8s  %3dx  %s\n", t.time.Round(time.Second), t.times, t.words)
	}
	w.cmd.Print(b.String())
	return nil
}
