package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecheck/checks/audio/virtual"
)

// The server goes away before the upload: the sealed report waits, the message
// says where and how to send it, and both ways of sending it work.
func TestServerAwayAtUpload(t *testing.T) {
	for _, again := range []string{"send", "run"} {
		w := newWorld(t)
		way := newWay(t, w)
		a := w.applicant()
		args := []string{"--invite", w.invite("--policy", w.quick()), "--probe", way.url()}
		way.set(refuse)
		got := a.run(nil, args...)
		if got.code != 1 || got.last().Type != "report" || got.last().Sent {
			t.Fatalf("exit %d, %+v\n%s", got.code, got.last(), got.stderr)
		}
		if !strings.Contains(got.stderr, "outbox") || !strings.Contains(got.stderr, "linecheck-support send") {
			t.Errorf("the message does not say where and how:\n%s", got.stderr)
		}
		if waiting, _ := filepath.Glob(filepath.Join(a.home, "outbox", "*.json")); len(waiting) != 1 {
			t.Fatalf("in the outbox: %v", waiting)
		}
		w.stop()
		if out, err := a.command(t.Context(), "send").CombinedOutput(); err == nil || !strings.Contains(string(out), "stay in the outbox") {
			t.Errorf("sent to a server that is away: %s", out)
		}
		w.start()
		if again == "send" {
			if out, err := a.command(t.Context(), "send").CombinedOutput(); err != nil || !strings.Contains(string(out), "sent, received") {
				t.Errorf("%v: %s", err, out)
			}
			if out, err := a.command(t.Context(), "send").CombinedOutput(); err != nil || !strings.Contains(string(out), "Nothing waits") {
				t.Errorf("%v: %s", err, out)
			}
		}
		way.set(pass)
		got = a.run(nil, args...)
		if got.code != 0 || !got.last().Sent {
			t.Errorf("exit %d, %+v\n%s", got.code, got.last(), got.stderr)
		}
		// Sent by "send" the session is over, and the same command is a new run.
		want := map[string]int{"run": 1, "send": 2}[again]
		if reports, runs := w.stored(); reports != want || runs != want {
			t.Errorf("%s: %d reports of %d runs, want %d", again, reports, runs, want)
		}
	}
}

// A server that is away from the start: nobody can confirm the invite, the
// rest is measured, the network checks say whose fault it is, nothing is sent.
func TestServerAwayFromTheStart(t *testing.T) {
	w := newWorld(t)
	invite := w.invite("--policy", w.quick())
	w.stop()
	a := w.applicant()
	got := a.run(nil, "--invite", invite)
	if got.code != 5 || got.last().Sent || !strings.Contains(got.stderr, "could not confirm who sent this") {
		t.Errorf("exit %d\n%s", got.code, got.stderr)
	}
	for _, check := range []string{"internet.speed", "webrtc.connect"} {
		e, ok := got.finished(check)
		if !ok {
			t.Fatalf("%s did not finish", check)
		}
		if ev := e.evidence(t); ev.Outcome != "unavailable" || !strings.HasSuffix(ev.Reason, ".server.away") || ev.Fault != "server" {
			t.Errorf("%s: %+v", check, ev)
		}
	}
	if waiting, _ := filepath.Glob(filepath.Join(a.home, "outbox", "*")); len(waiting) > 0 {
		t.Errorf("in the outbox: %v", waiting)
	}
	w.start()
	got = a.run(nil, "--invite", invite)
	if e, _ := got.finished("machine.memory"); !e.Kept || got.code != 0 || !got.last().Sent {
		t.Errorf("exit %d, memory kept: %v\n%s", got.code, e.Kept, got.stderr)
	}
}

// Ctrl-C ends a run within two seconds and keeps what was measured.
func TestInterrupt(t *testing.T) {
	w := newWorld(t)
	a := w.applicant()
	args := []string{"--invite", w.invite("--policy", w.policy(map[string]string{"machine.memory": "machine.memory.total.bytes", "internet.speed": "internet.download.mbps"}))}
	var pressed time.Time
	got := a.run(func(e event, p *os.Process) {
		if e.Type == "progress" && e.Check == "internet.speed" && e.Fraction > 0.3 && pressed.IsZero() {
			pressed = time.Now()
			_ = p.Signal(os.Interrupt)
		}
	}, args...)
	if took := time.Since(pressed); pressed.IsZero() || took > 2*time.Second {
		t.Errorf("ended %v after Ctrl-C", took)
	}
	if got.code != 1 || got.last().Type != "report" || !strings.Contains(got.stderr, "kept") {
		t.Errorf("exit %d, %+v\n%s", got.code, got.last(), got.stderr)
	}
	if e, ok := got.finished("internet.speed"); !ok || e.evidence(t).Outcome != "canceled" {
		t.Errorf("internet.speed: %s", e.Evidence)
	}
	got = a.run(nil, args...)
	if e, _ := got.finished("machine.memory"); !e.Kept || got.code != 0 || !got.last().Sent {
		t.Errorf("exit %d, memory kept: %v\n%s", got.code, e.Kept, got.stderr)
	}
}

// Two at once: the second one says so and does nothing.
func TestTwoAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.applicant()
	args := []string{"--invite", w.invite("--policy", w.quick())}
	var second ran
	first := a.run(func(e event, _ *os.Process) {
		if e.Type == "started" && e.Check == "internet.speed" {
			second = a.run(nil, args...)
		}
	}, args...)
	if first.code != 0 || second.code != 1 || !strings.Contains(second.stderr, "already running") || len(second.events) > 0 {
		t.Errorf("first %d, second %d\n%s", first.code, second.code, second.stderr)
	}
}

// A folder that cannot be written, and a full disk, are said before the run starts.
func TestNoRoomForResults(t *testing.T) {
	w := newWorld(t)
	invite := w.invite("--policy", w.quick())
	blocked := w.file("home", "a file, not a folder")
	for name, bend := range map[string]func(a *applicant) []string{
		"home is a file": func(a *applicant) []string { a.home = blocked; return nil },
		"out is a file":  func(*applicant) []string { return []string{"--out", blocked} },
	} {
		a := w.applicant()
		got := a.run(nil, append([]string{"--invite", invite}, bend(a)...)...)
		if got.code != 1 || !strings.Contains(got.stderr, "folder") || len(got.events) > 0 {
			t.Errorf("%s: exit %d\n%s", name, got.code, got.stderr)
		}
	}
	full := w.path("full")
	if err := os.Mkdir(full, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", full).Run(); err != nil {
		t.Skip("a full disk needs root to be made: ", err)
	}
	defer func() { _ = exec.Command("umount", full).Run() }()
	for name, bend := range map[string]func(a *applicant) []string{
		"home": func(a *applicant) []string { a.home = full; return nil },
		"out":  func(*applicant) []string { return []string{"--out", full} },
	} {
		a := w.applicant()
		got := a.run(nil, append([]string{"--invite", invite}, bend(a)...)...)
		if got.code != 1 || !strings.Contains(got.stderr, "no room") || len(got.events) > 0 {
			t.Errorf("full disk as %s: exit %d\n%s", name, got.code, got.stderr)
		}
	}
}

// No network at all: the run finishes, the network checks say why not, the rest is measured.
func TestNoNetwork(t *testing.T) {
	w := newWorld(t)
	if err := exec.Command("unshare", "-n", "true").Run(); err != nil {
		t.Skip("a computer without network needs root to be made: ", err)
	}
	for name, args := range map[string][]string{
		"without an invite": {"--check", "machine.memory,internet.speed,webrtc.connect"},
		"with an invite":    {"--invite", w.invite("--policy", w.quick())},
	} {
		a := w.applicant()
		cmd := a.command(t.Context(), append([]string{"run", "--json", "--yes"}, args...)...)
		cmd.Path, cmd.Args = "/usr/bin/unshare", append([]string{"unshare", "-n"}, cmd.Args...)
		got := a.watch(cmd, nil)
		if got.code != 5 {
			t.Errorf("%s: exit %d\n%s", name, got.code, got.stderr)
		}
		if got.took > 30*time.Second {
			t.Errorf("%s: took %v", name, got.took)
		}
		for check, outcome := range map[string]string{"machine.memory": "measured", "internet.speed": "unavailable", "webrtc.connect": "unavailable"} {
			e, ok := got.finished(check)
			if !ok {
				t.Fatalf("%s: %s did not finish", name, check)
			}
			if ev := e.evidence(t); ev.Outcome != outcome || outcome == "unavailable" && (ev.Reason == "" || ev.Fault == "us" || ev.Fault == "you") {
				t.Errorf("%s: %s: %+v", name, check, ev)
			}
		}
	}
}

// Without an invite: the built-in policy, said so, sealed on disk, nothing sent.
func TestSelfCheckSaysSo(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(map[string]string{"machine.memory": "machine.memory.total.bytes"})
	out := t.TempDir()
	got := w.applicant().run(nil, "--policy", policy, "--out", out)
	if got.code != 0 || got.last().Sent || len(got.last().Files) != 3 {
		t.Errorf("exit %d: %+v\n%s", got.code, got.last(), got.stderr)
	}
	for _, says := range []string{"without an invite", "Nothing is sent"} {
		if !strings.Contains(got.stderr, says) {
			t.Errorf("does not say %q:\n%s", says, got.stderr)
		}
	}
	cmd := exec.Command(w.programs.recruiter, "verify", filepath.Join(out, "report.json"), "--trust", w.trust())
	if text, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 6 || !strings.Contains(string(text), "nobody asked for this report") {
		t.Errorf("exit %d\n%s", cmd.ProcessState.ExitCode(), text)
	}
}

// No sound card, or no microphone: the audio checks say why, and nothing crashes.
func TestNoSoundCard(t *testing.T) {
	w := newWorld(t)
	s := w.sound(virtual.None)
	policy := w.policy(map[string]string{"audio.output": "x", "audio.microphone": "audio.microphone.zeros.ratio"})
	for _, view := range []virtual.View{virtual.None, virtual.NoInput} {
		w.env = s.Env(view)
		got := w.applicant().run(nil, "--policy", policy)
		mic, ok := got.finished("audio.microphone")
		if ev := mic.evidence(t); !ok || ev.Outcome != "unavailable" || ev.Reason == "" || ev.Fault != "you" {
			t.Errorf("%s: microphone: %+v", view, ev)
		}
		out, ok := got.finished("audio.output")
		want := map[virtual.View]string{virtual.None: "unavailable", virtual.NoInput: "measured"}[view]
		if ev := out.evidence(t); !ok || ev.Outcome != want {
			t.Errorf("%s: output: %+v", view, ev)
		}
		if got.code != 3 {
			t.Errorf("%s: exit %d\n%s", view, got.code, got.stderr)
		}
	}
}

// The demo ends well within its time, leaves its files and nothing else; so does Ctrl-C.
func TestDemo(t *testing.T) {
	w := newWorld(t)
	if runtime.GOOS != "linux" {
		t.Skip("the demo is for Debian")
	}
	for _, stopAfter := range []time.Duration{0, 500 * time.Millisecond, 6 * time.Second} {
		dir := filepath.Join(t.TempDir(), "demo")
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		cmd := exec.CommandContext(ctx, w.programs.demo, "-bin", filepath.Dir(w.programs.demo), "-dir", dir)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		begin := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if stopAfter > 0 {
			time.Sleep(stopAfter)
			_ = cmd.Process.Signal(os.Interrupt)
			begin = time.Now()
		}
		err := cmd.Wait()
		took := time.Since(begin)
		cancel()
		if stopAfter == 0 {
			if err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			for _, name := range []string{"report.json", "report.txt", "report.pdf", "trust.json", "invite", "run.jsonl", "recruiter/keys/trust.json"} {
				if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
					t.Error(err)
				}
			}
		} else if err == nil || took > 5*time.Second {
			t.Errorf("stopped after %v: %v, ended %v later", stopAfter, err, took)
		}
		if left := alive(t, dir); len(left) > 0 {
			t.Errorf("stopped after %v: left behind: %v", stopAfter, left)
		}
	}
}

// alive are the processes whose command line or environment names the folder.
func alive(t *testing.T, dir string) (left []string) {
	t.Helper()
	procs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range procs {
		if p == fmt.Sprintf("/proc/%d", syscall.Getpid()) {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(p, "cmdline"))
		env, _ := os.ReadFile(filepath.Join(p, "environ"))
		if bytes.Contains(line, []byte(dir)) || bytes.Contains(env, []byte(dir)) {
			left = append(left, p+" "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return left
}
