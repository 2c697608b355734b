package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/assets"
	"linecheck/checks/audio/virtual"
	"linecheck/report/advice"
)

// sound gives the world's applicants virtual sound cards with somebody speaking.
func (w *world) sound(view virtual.View) *virtual.Server {
	w.t.Helper()
	dir, err := os.MkdirTemp("", "lc-")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s, err := virtual.Start(w.t.Context(), filepath.Join(dir, "a"), virtual.Options{})
	if err != nil {
		w.t.Skip("no virtual sound cards here: ", err)
	}
	w.t.Cleanup(func() { _ = s.Close() })
	w.env = s.Env(view)
	return s
}

// From invite to verified report, with every check, by file and by link.
func TestTheWholeJob(t *testing.T) {
	w := newWorld(t)
	s := w.sound(virtual.View(virtual.Headset))
	if _, err := s.Noise(virtual.Headset, -65); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	var speak sync.Once
	got := w.applicant().run(func(e event, _ *os.Process) {
		if e.Check == "audio.microphone" && e.Stage == "sound" {
			speak.Do(func() {
				if _, err := s.Play(virtual.Headset, virtual.Speech(48000, 10, -22)); err != nil {
					t.Error(err)
				}
			})
		}
	}, "--invite", w.invite(), "--out", out)
	last := got.last()
	if last.Type != "report" || !last.Sent || last.Partial || len(last.Files) != 3 {
		t.Fatalf("exit %d, last event %+v\n%s", got.code, last, got.stderr)
	}
	all := []string{"machine.system", "machine.memory", "machine.cpu", "audio.output", "audio.microphone", "internet.speed", "webrtc.connect", "webrtc.media"}
	for _, check := range all {
		e, ok := got.finished(check)
		if !ok {
			t.Errorf("%s did not run", check)
			continue
		}
		if ev := e.evidence(t); ev.Outcome != "measured" {
			t.Errorf("%s: %s %s", check, ev.Outcome, ev.Reason)
		}
	}
	neverRests(t, got)
	truths(t, got)
	named(t, got)
	traced(t, got)
	w.stop() // what follows needs the files alone
	verified(t, w, out)
}

// traced: what has a course has a series of it.
func traced(t *testing.T, got ran) {
	t.Helper()
	for check, key := range map[string]string{"machine.cpu": "machine.cpu.late.ms", "audio.microphone": "audio.microphone.level.dbfs", "webrtc.media": "webrtc.rtt.ms"} {
		e, ok := got.finished(check)
		if !ok {
			continue
		}
		if list := e.evidence(t).Series; len(list) != 1 || list[0].Key != key || len(list[0].Values) < 30 {
			t.Errorf("%s has the series %+v", check, list)
		}
	}
}

// named: everything that people read of a run has words.
func named(t *testing.T, got ran) {
	t.Helper()
	text, err := assets.Locale("en")
	if err != nil {
		t.Fatal(err)
	}
	words, err := advice.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got.events {
		if e.Stage == "" {
			continue
		}
		if key := "stage." + e.Stage; words.Name(key) == key {
			t.Errorf("%s: the stage %q has no words", e.Check, e.Stage)
		}
	}
}

// truths holds a few numbers against what is known here.
func truths(t *testing.T, got ran) {
	t.Helper()
	for _, c := range []struct {
		check, key  string
		least, most float64
	}{
		{"internet.speed", "internet.download.mbps", 50, 1e5}, // loopback
		{"internet.speed", "internet.upload.mbps", 50, 1e5},
		{"internet.speed", "internet.latency.idle.ms", 0.01, 50},
		{"webrtc.media", "webrtc.rtt.ms", 0.01, 100},
		{"webrtc.media", "webrtc.loss.ratio", 0, 0.05},
		{"webrtc.media", "webrtc.mos", 3.5, 4.5},
		{"audio.microphone", "audio.microphone.speech.dbfs", -30, -14}, // -22 dBFS is played
		{"audio.microphone", "audio.microphone.noise.dbfs", -70, -40},
		{"machine.memory", "machine.memory.total.bytes", 1e9, 1e13},
		{"machine.cpu", "machine.cpu.cores.logical", 1, 1024},
		{"machine.cpu", "machine.cpu.score.single", 50, 10_000},
		{"machine.system", "machine.clock.offset.ms", -100, 100}, // the server runs on the same clock
	} {
		e, ok := got.finished(c.check)
		if !ok {
			continue
		}
		if v, ok := e.evidence(t).metric(c.key); !ok || v < c.least || v > c.most {
			t.Errorf("%s is %v (measured %v), want %v to %v", c.key, v, ok, c.least, c.most)
		}
	}
	if e, ok := got.finished("audio.output"); ok && e.evidence(t).Facts["kind"] != "headphones" {
		t.Errorf("a headset was taken for %v", e.evidence(t).Facts)
	}
}

// verified: every form is authentic offline, and no altered copy is.
func verified(t *testing.T, w *world, out string) {
	t.Helper()
	trust := w.trust()
	verify := func(file string) (int, string) {
		cmd := exec.Command(w.programs.recruiter, "verify", file, "--trust", trust)
		text, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(text)
	}
	for _, name := range []string{"report.json", "report.txt", "report.pdf"} {
		file := filepath.Join(out, name)
		code, text := verify(file)
		if code != 0 && code != 3 && code != 5 || !strings.Contains(text, "AUTHENTIC") || strings.Contains(text, "NOT AUTHENTIC") {
			t.Errorf("%s: exit %d\n%s", name, code, text)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 50; i < len(data); i += len(data)/10 + 1 {
			altered := bytes.Clone(data)
			altered[i] ^= 1
			copy := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(copy, altered, 0o600); err != nil {
				t.Fatal(err)
			}
			if code, text := verify(copy); code != 6 {
				t.Errorf("%s with byte %d altered: exit %d\n%s", name, i, code, text)
			}
		}
	}
}

// The link does what the file does.
func TestTheLinkIsTheInvite(t *testing.T) {
	w := newWorld(t)
	link := strings.TrimSpace(w.recruiter("invite", "--keys", w.path("keys"), "--applicant", "B", "--role", "r", "--region", "EU",
		"--probe", w.url, "--policy", w.quick(), "--out", w.path("i")))
	got := w.applicant().run(nil, "--invite", link)
	if got.code != 0 || !got.last().Sent {
		t.Errorf("exit %d: %+v\n%s", got.code, got.last(), got.stderr)
	}
	if reports, runs := w.stored(); reports != 1 || runs != 1 {
		t.Errorf("%d reports of %d runs", reports, runs)
	}
}

// neverRests: nobody looks at a still screen for more than a second.
func neverRests(t *testing.T, got ran) {
	t.Helper()
	for i := 1; i < len(got.events); i++ {
		if gap := got.events[i].at.Sub(got.events[i-1].at); gap > time.Second {
			t.Errorf("nothing for %v between %s %s and %s %s", gap, got.events[i-1].Check, got.events[i-1].Type, got.events[i].Check, got.events[i].Type)
		}
	}
}

// One check alone is a trial: judged, neither sealed nor sent.
func TestOneCheckAlone(t *testing.T) {
	w := newWorld(t)
	a := w.applicant()
	got := a.run(nil, "--invite", w.invite("--policy", w.quick()), "--check", "machine.memory")
	if got.code != 0 || !got.last().Partial || got.last().Sent || len(got.last().Files) != 0 {
		t.Errorf("exit %d: %+v\n%s", got.code, got.last(), got.stderr)
	}
	if reports, _ := w.stored(); reports != 0 {
		t.Errorf("%d reports were sent", reports)
	}
	if got := a.run(nil, "--check", "no.such"); got.code != 2 || !strings.Contains(got.stderr, `no such check: "no.such"`) {
		t.Errorf("exit %d: %s", got.code, got.stderr)
	}
}
