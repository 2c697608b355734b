//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"linecheck/checks/audio/virtual"
	"linecheck/report"
)

// hearing lets the headset's microphone hear somebody read, and the rest of a view.
func hearing(v virtual.View, c virtual.Card, sounds ...virtual.Sound) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		w.view = v
		var players []*virtual.Player
		undo := func() {
			for _, p := range players {
				p.Stop()
			}
		}
		for _, s := range sounds {
			s.Loop = true
			p, err := w.sound.Play(c, s)
			if err != nil {
				undo()
				return nil, err
			}
			players = append(players, p)
		}
		time.Sleep(300 * time.Millisecond)
		return undo, nil
	}
}

func voice() virtual.Sound { return virtual.Speech(48000, 20, -26) }

// soundFaults are those of microphone and headphones.
func soundFaults() []fault {
	you := report.FaultYou
	mic := func(name string, inject func(*world) (func(), error), causes ...string) fault {
		return fault{name: name, symptom: "unheard", causes: causes, blame: you, inject: inject}
	}
	attended := func(f fault) fault {
		f.attended = true
		return f
	}
	frozen := func(w *world) (func(), error) {
		pid := w.sound.PID()
		return func() { _ = syscall.Kill(pid, syscall.SIGCONT) }, syscall.Kill(pid, syscall.SIGSTOP)
	}
	return []fault{
		mic("muted microphone", hearing(virtual.View(virtual.Muted), virtual.Muted, voice()), "audio.microphone.muted", "audio.microphone.silent"),
		mic("no microphone", hearing(virtual.NoInput, virtual.Headset), "audio.microphone.none"),
		mic("no sound device", hearing(virtual.None, virtual.Headset), "audio.microphone.none", "audio.system.failed"),
		attended(mic("wrong default microphone", hearing(virtual.View(virtual.Cable), virtual.Headset, voice()), "audio.microphone.novoice", "audio.microphone.silent")),
		mic("microphone turned down", hearing(virtual.View(virtual.Quiet), virtual.Quiet, voice()), "audio.microphone.quiet", "audio.microphone.silent"),
		mic("microphone too loud", hearing(virtual.View(virtual.Loud), virtual.Loud, voice()), "audio.microphone.clipping"),
		mic("one side of the microphone dead", both(hearing(virtual.View(virtual.Cable), virtual.Cable, voice()), func(w *world) (func(), error) {
			return func() { _ = w.pactl("set-source-volume", "cable_mic", "65536", "65536") }, w.pactl("set-source-volume", "cable_mic", "65536", "0")
		}), "audio.microphone.onesided"),
		mic("hands-free narrowband", hearing(virtual.View(virtual.HandsFree), virtual.HandsFree, virtual.Speech(8000, 20, -26)), "audio.microphone.narrow"),
		mic("noise in the room", hearing(virtual.View(virtual.Headset), virtual.Headset, voice(), virtual.Noise(48000, 5, -24, 3)), "audio.microphone.noisy"),
		attended(mic("hum of the mains", hearing(virtual.View(virtual.Headset), virtual.Headset, hum()), "audio.microphone.hum", "audio.microphone.noisy")),
		attended(mic("nobody is heard", hearing(virtual.View(virtual.Headset), virtual.Headset), "audio.microphone.quiet", "audio.microphone.novoice")),
		mic("sound server frozen", both(hearing(virtual.View(virtual.Headset), virtual.Headset), frozen), "audio.system.stalled", "audio.microphone.stalled", "audio.microphone.slow", "audio.system.failed", "audio.microphone.open"),
		mic("sound server frozen in mid-recording", both(hearing(virtual.View(virtual.Headset), virtual.Headset, voice()), after(1500*time.Millisecond, frozen)), "audio.microphone.stalled", "audio.microphone.gone", "audio.system.stalled"),
		{name: "no headphones", symptom: "silence", causes: []string{"audio.output.none", "audio.system.failed"}, blame: you, inject: hearing(virtual.None, virtual.Headset)},
		{name: "loudspeakers heard by the microphone", symptom: "silence", causes: []string{"audio.output.speakers"}, blame: you, inject: hearing(virtual.View(virtual.Laptop), virtual.Laptop)},
		{name: "sound switched off", symptom: "silence", causes: []string{"audio.output.muted"}, blame: you, inject: func(w *world) (func(), error) {
			w.view = virtual.View(virtual.Headset)
			return func() { _ = w.pactl("set-sink-mute", "headset_out", "0") }, w.pactl("set-sink-mute", "headset_out", "1")
		}},
	}
}

func (w *world) pactl(args ...string) error {
	cmd := exec.Command("pactl", args...)
	cmd.Env = append(os.Environ(), w.sound.Env(virtual.All)...)
	return sh(cmd)
}

// hum is 50 Hz and its next odd harmonics, -30 dBFS in all.
func hum() virtual.Sound {
	s := virtual.Sound{Rate: 48000, Samples: make([]float64, 48000)}
	for i := range s.Samples {
		t := float64(i) / 48000
		s.Samples[i] = 0.03*sine(50*t) + 0.02*sine(150*t) + 0.015*sine(250*t)
	}
	return s
}

// computerFaults are those of processor, memory and disk.
func computerFaults() []fault {
	you := report.FaultYou
	busy := func(n int) func(*world) (func(), error) {
		return func(*world) (func(), error) {
			var all []*exec.Cmd
			undo := func() {
				for _, c := range all {
					end(c)
				}
			}
			for range n {
				c := exec.Command("sh", "-c", "while :; do :; done")
				if err := c.Start(); err != nil {
					undo()
					return nil, err
				}
				all = append(all, c)
			}
			return undo, nil
		}
	}
	full := func(size string) func(*world) (func(), error) {
		return func(w *world) (func(), error) {
			dir := w.path("disk" + size)
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return nil, err
			}
			if err := sh(exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir)); err != nil {
				return nil, err
			}
			w.home, w.env = filepath.Join(dir, "home"), append(w.env, "HOME="+dir)
			return func() { _ = sh(exec.Command("umount", "-l", dir)) }, nil
		}
	}
	readOnly := func(w *world) (func(), error) {
		dir := w.path("readonly")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		if err := sh(exec.Command("mount", "-t", "tmpfs", "-o", "ro,size=64m", "tmpfs", dir)); err != nil {
			return nil, err
		}
		w.home = filepath.Join(dir, "home")
		return func() { _ = sh(exec.Command("umount", "-l", dir)) }, nil
	}
	storm := func(w *world) (func(), error) {
		file := w.path("pages")
		if err := sh(exec.Command("dd", "if=/dev/urandom", "of="+file, "bs=1M", "count=120", "oflag=direct")); err != nil {
			return nil, err
		}
		limit, err := group("memory", "memory.limit_in_bytes", "80000000")(w)
		if err != nil {
			return nil, err
		}
		enter := w.wrap
		w.wrap = nil // the applicant's program stays outside
		hog, err := begin(exec.Command(enter[0], append(enter[1:], w.self, "fake", "hog", "pages", file)...))
		time.Sleep(12 * time.Second) // the system tells the mean of ten seconds
		return func() {
			end(hog)
			limit()
			_ = os.Remove(file)
			time.Sleep(30 * time.Second) // until that mean has forgotten it
		}, err
	}
	return []fault{
		{name: "memory too small for what is open", symptom: "computer", causes: []string{"machine.memory.pressure"}, blame: you, inject: storm},
		{name: "every core busy", symptom: "computer", causes: []string{"machine.cpu.busy"}, blame: you, inject: busy(2 * runtime.NumCPU())},
		{name: "a fifth of a core", symptom: "computer", causes: []string{"machine.cpu.cores.few"}, blame: you, inject: group("cpu", "cpu.cfs_quota_us", "20000")},
		{name: "little memory, 1 GB", symptom: "computer", causes: []string{"machine.memory.small"}, blame: you, inject: group("memory", "memory.limit_in_bytes", "1073741824")},
		{name: "full disk", symptom: "computer", causes: []string{"machine.disk.full"}, blame: you, inject: full("600m")},
		{name: "disk without any room", symptom: "computer", causes: []string{"machine.disk.full"}, blame: you, inject: full("1m")},
		{name: "read-only home", symptom: "computer", causes: []string{"machine.disk.readonly"}, blame: you, inject: readOnly},
	}
}

// group puts the applicant's program into a control group with a limit.
func group(controller, file, value string) func(*world) (func(), error) {
	return func(w *world) (func(), error) {
		dir := filepath.Join("/sys/fs/cgroup", controller, "faultbench"+strconv.Itoa(os.Getpid()))
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(value), 0o644); err != nil {
			_ = os.Remove(dir)
			return nil, err
		}
		// What enters a namespace by its name hides the control groups.
		w.wrap = []string{"sh", "-c", fmt.Sprintf(`echo $$ >%s/cgroup.procs
exec unshare -m sh -c 'mount --bind /etc/netns/%[2]s/resolv.conf /etc/resolv.conf && exec nsenter --net=/run/netns/%[2]s "$0" "$@"' "$0" "$@"`, dir, w.pc)}
		return func() { _ = os.Remove(dir) }, nil
	}
}
