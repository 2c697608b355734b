package virtual_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecheck/checks/audio/virtual"
)

// parentEnv makes this test binary a program that starts cards in that folder and is killed.
const parentEnv = "LINECHECK_TEST_CARDS"

func TestMain(m *testing.M) {
	dir := os.Getenv(parentEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := virtual.Start(context.Background(), dir, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: -60})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("up", s.PID())
	time.Sleep(time.Hour)
}

func start(t *testing.T, o virtual.Options) (*virtual.Server, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts sound servers: not in short mode")
	}
	dir := filepath.Join(t.TempDir(), "cards")
	s, err := virtual.Start(t.Context(), dir, o)
	if errors.Is(err, virtual.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// users are the living processes that have the folder in their environment or arguments.
func users(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range all {
		env, _ := os.ReadFile(name)
		args, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
		pid := filepath.Base(filepath.Dir(name))
		if pid != fmt.Sprint(os.Getpid()) && strings.Contains(string(env)+string(args), dir+"/") {
			found = append(found, pid+" "+string(args))
		}
	}
	return found
}

func noneLeft(t *testing.T, dir string) {
	t.Helper()
	for range 60 {
		if len(users(t, dir)) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("left behind: %q", users(t, dir))
}

func TestTwoServersAndNothingLeft(t *testing.T) {
	one, dirOne := start(t, virtual.Options{Cards: []virtual.Card{virtual.Headset, virtual.Laptop}, RoomTone: -60})
	two, dirTwo := start(t, virtual.Options{})
	p, err := two.Play(virtual.Headset, virtual.Sound{Samples: []float64{0.1, 0}, Rate: 8000, Loop: true})
	if err != nil {
		t.Fatal(err)
	}
	if one.PID() == two.PID() || len(users(t, dirOne)) != 3 || len(users(t, dirTwo)) != 2 {
		t.Errorf("one %q\ntwo %q", users(t, dirOne), users(t, dirTwo))
	}
	p.Stop()
	p.Stop()
	if err := one.Close(); err != nil {
		t.Error(err)
	}
	noneLeft(t, dirOne)
	if err := two.Echo(-30); err != nil {
		t.Errorf("the other server went along: %v", err)
	}
	if err := two.Freeze(true); err != nil { // a frozen one must be closed too
		t.Error(err)
	}
	for range 2 {
		if err := two.Close(); err != nil {
			t.Error(err)
		}
	}
	noneLeft(t, dirTwo)
	for _, dir := range []string{dirOne, dirTwo} {
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if _, err := two.Noise(virtual.Headset, -40); err == nil {
		t.Error("a closed server plays")
	}
}

func TestASoundEnds(t *testing.T) {
	s, dir := start(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}})
	name := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(name, virtual.EncodeWAV(make([]float64, 4000), 8000, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	p, err := s.PlayFile(virtual.Headset, name, false)
	if err != nil {
		t.Fatal(err)
	}
	p.Wait()
	if took := time.Since(begin); took < 300*time.Millisecond {
		t.Errorf("half a second of sound took %v", took)
	}
	if _, err := s.PlayFile(virtual.Headset, dir+"/default.pa", false); !errors.Is(err, virtual.ErrWAV) {
		t.Error(err)
	}
	if _, err := s.Play(virtual.Headset, virtual.Sound{}); err == nil {
		t.Error("nothing was played")
	}
}

func TestPlugging(t *testing.T) {
	s, _ := start(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}})
	if err := s.Plug(virtual.Headset); err == nil {
		t.Error("plugged in twice")
	}
	for range 2 {
		for _, c := range []virtual.Card{virtual.Laptop, virtual.Cable, virtual.HandsFree} {
			if err := s.Plug(c); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.Gain(c, -20), s.Mute(c, true), s.Hang(c, true), s.Hang(c, false), s.Unplug(c)); err != nil {
				t.Error(err)
			}
			if err := s.Gain(c, -20); err == nil {
				t.Errorf("the %s is still there", c)
			}
		}
	}
	if err := s.Unplug(virtual.Loud); err == nil {
		t.Error("unplugged what was not there")
	}
	if err := s.Gain(virtual.Headset, -20); err != nil {
		t.Errorf("the headset went along: %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(full+"/x", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{full, "/tmp/" + strings.Repeat("x", 100)} {
		if s, err := virtual.Start(t.Context(), dir, virtual.Options{}); err == nil {
			_ = s.Close()
			t.Errorf("started in %s", dir)
		}
	}
	if _, err := os.Stat(full + "/x"); err != nil {
		t.Error("what was there is gone")
	}
}

func TestCardsDieWithTheirProgram(t *testing.T) {
	s, _ := start(t, virtual.Options{Cards: []virtual.Card{virtual.Cable}}) // or skip
	_ = s.Close()
	dir := filepath.Join(t.TempDir(), "cards")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var word string
	var pid int
	if _, err := fmt.Fscan(out, &word, &pid); err != nil || word != "up" {
		t.Fatalf("%q %v", word, err)
	}
	if len(users(t, dir)) < 2 {
		t.Errorf("too few processes to tell: %q", users(t, dir))
	}
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
	noneLeft(t, dir)
}
