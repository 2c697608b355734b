package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// point is a moment at which the applicant's program is killed.
type point struct {
	name string
	// event: killed when this event comes.
	event func(e event) bool
	// after: killed this long after the start.
	after time.Duration
	// file: killed when this file is there, or gone.
	file func(a *applicant) bool
	// proxy: what the way to the server does with the upload before the kill.
	proxy gate
}

func started(check string) func(event) bool {
	return func(e event) bool { return e.Type == "started" && e.Check == check }
}

func finished(check string) func(event) bool {
	return func(e event) bool { return e.Type == "finished" && e.Check == check }
}

// there waits for a file in the home folder.
func there(pattern ...string) func(*applicant) bool {
	return func(a *applicant) bool {
		m, err := filepath.Glob(filepath.Join(append([]string{a.home}, pattern...)...))
		return err == nil && len(m) > 0
	}
}

func points() []point {
	return []point{
		{name: "at once", after: time.Millisecond},
		{name: "20 ms", after: 20 * time.Millisecond},
		{name: "60 ms", after: 60 * time.Millisecond},
		{name: "150 ms", after: 150 * time.Millisecond},
		{name: "400 ms", after: 400 * time.Millisecond},
		{name: "700 ms", after: 700 * time.Millisecond},
		{name: "1 s", after: time.Second},
		{name: "the session has a key", file: there("sessions", "*", "state.json")},
		{name: "memory begins", event: started("machine.memory")},
		{name: "memory is done", event: finished("machine.memory")},
		{name: "memory is written down", file: there("sessions", "*", "evidence", "machine.memory.json")},
		{name: "internet begins", event: started("internet.speed")},
		{name: "internet downloads", event: func(e event) bool { return e.Check == "internet.speed" && e.Stage == "download" }},
		{name: "internet uploads", event: func(e event) bool { return e.Check == "internet.speed" && e.Stage == "upload" }},
		{name: "internet is done", event: finished("internet.speed")},
		{name: "the call is done", event: finished("webrtc.connect")},
		{name: "the report is sealed", file: there("sessions", "*", "bundle.json")},
		{name: "the report is in the outbox", file: there("outbox", "*.json")},
		{name: "the upload is on its way, and never arrives", proxy: swallow},
		{name: "the report has arrived, and the receipt is on its way", proxy: holdAnswer},
		{name: "the receipt is written down", file: there("reports", "*", "report.json")},
		{name: "the report is being written out", file: there("reports", "*", "report.txt")},
	}
}

// kill -9 at any moment, the same command again: what was measured is kept, a
// sealed report is sent, and none is sent twice.
func TestKilledAtAnyMoment(t *testing.T) {
	w := newWorld(t)
	quick := w.quick()
	for _, p := range points() {
		t.Run(p.name, func(t *testing.T) {
			here := *w
			here.t = t
			for range 5 { // a point of a few milliseconds can be missed
				if killedAt(t, &here, p, quick) {
					return
				}
			}
			t.Error("the program was through each time before it could be killed")
		})
	}
}

// killedAt says whether the kill came in time: before the program had given its answer.
func killedAt(t *testing.T, w *world, p point, policy string) bool {
	way := newWay(t, w)
	a := w.applicant()
	out := t.TempDir()
	args := []string{"--invite", w.invite("--policy", policy), "--probe", way.url(), "--out", out}
	reports0, runs0 := w.stored()

	way.set(p.proxy)
	first, killed := a.killed(p, way, args)
	way.set(pass)
	if !killed || first.last().Type == "report" {
		return false
	}
	second := a.run(nil, args...)
	last := second.last()
	if second.code != 0 || last.Type != "report" || !last.Sent {
		t.Fatalf("killed, then exit %d, %+v\n%s", second.code, last, second.stderr)
	}
	reports, runs := w.stored()
	if reports-reports0 != 1 || runs-runs0 != 1 {
		t.Errorf("%d reports of %d runs were stored, want 1 of 1", reports-reports0, runs-runs0)
	}
	for _, e := range first.events {
		if e.Type != "finished" || e.evidence(t).Outcome != "measured" {
			continue
		}
		if again, ok := second.finished(e.Check); !ok || !again.Kept || string(again.Evidence) != string(e.Evidence) {
			t.Errorf("%s was finished before the kill, and not kept", e.Check)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(a.home, "outbox", "*.json")); len(left) > 0 {
		t.Errorf("left in the outbox: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(a.home, "sessions", "*", "*")); len(left) > 0 {
		t.Errorf("left of the session: %v", left)
	}
	return true
}

// killed runs the program and kills it at the point. It says whether it was still running.
func (a *applicant) killed(p point, way *way, args []string) (ran, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := a.command(ctx, append([]string{"run", "--json", "--yes"}, args...)...)
	var once sync.Once
	kill := func(proc *os.Process) { once.Do(func() { _ = proc.Kill() }) }
	stop := make(chan struct{})
	var watching sync.WaitGroup
	got := a.watchStarted(cmd, func(proc *os.Process) {
		watching.Go(func() {
			begin := time.Now()
			for {
				select {
				case <-stop:
					return
				case <-way.caught:
					kill(proc)
					return
				case <-time.After(200 * time.Microsecond):
				}
				if p.after > 0 && time.Since(begin) >= p.after || p.file != nil && p.file(a) {
					kill(proc)
					return
				}
			}
		})
	}, func(e event, proc *os.Process) {
		if p.event != nil && p.event(e) {
			kill(proc)
		}
	})
	close(stop)
	watching.Wait()
	return got, strings.Contains(cmd.ProcessState.String(), "killed")
}
