package windowtest

import (
	"fmt"
	"hash/crc32"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	fynetheme "fyne.io/fyne/v2/theme"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"linecheck/cmd/internal/xvfb"
	"linecheck/gui/model"
	"linecheck/gui/theme"
)

// shipped builds a program as it is shipped.
func shipped(b *testing.B, name string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), filepath.Base(name))
	if text, err := exec.Command("go", "build", "-tags", "accessibility,no_emoji,migrated_fynedo", "-ldflags", "-s -w", "-o", out, "linecheck/cmd/"+name).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	return out
}

// run starts a program on a display, and returns when its first picture was painted and how long that took.
func run(b *testing.B, s xvfb.Screen, painted func(*image.RGBA) bool, program string, args ...string) (*exec.Cmd, time.Duration) {
	b.Helper()
	home := b.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".cache"), 0o700); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = s.Env("HOME="+home, "LINECHECK_HOME="+home)
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { end(cmd) })
	for {
		img, err := s.Image()
		if err == nil && painted(img) {
			return cmd, time.Since(begin)
		}
		if time.Since(begin) > 20*time.Second {
			b.Fatal("nothing is painted")
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func end(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// something is painted where windows are.
func something(img *image.RGBA) bool {
	c := img.RGBAAt(xvfb.Width/2, xvfb.Height/2)
	return int(c.R)+int(c.G)+int(c.B) > 0
}

// accented: there is something in the accent colour, as the current step.
func accented(img *image.RGBA) bool {
	accent := theme.New(model.Preferences{}, "en").Color(fynetheme.ColorNamePrimary, fynetheme.VariantLight)
	n := 0
	for y := 0; y < img.Rect.Dy(); y += 2 {
		for x := 0; x < img.Rect.Dx(); x += 2 {
			if xvfb.Near(img.RGBAAt(x, y), accent) {
				n++
			}
		}
	}
	return n > 50
}

// spent is the processor time that a program has used, in seconds.
func spent(b *testing.B, cmd *exec.Cmd) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	field := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+2:]))
	ticks := 0
	for _, f := range field[11:13] { // user and system time
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return float64(ticks) / 100 // the kernel's clock tick, as every Linux has it
}

// share is how much of one core a program uses, in percent, over five seconds.
func share(b *testing.B, cmd *exec.Cmd) float64 {
	const span = 5 * time.Second
	before := spent(b, cmd)
	time.Sleep(span)
	return 100 * (spent(b, cmd) - before) / span.Seconds()
}

// BenchmarkStart is the time from start to first picture, and the memory then, of the
// real program, beside a bare window of the toolkit. The least of five starts counts.
func BenchmarkStart(b *testing.B) {
	ours, floor := shipped(b, "linecheck"), shipped(b, "internal/windowtest/scripted")
	for name, c := range map[string]struct {
		program string
		painted func(*image.RGBA) bool
	}{"linecheck": {ours, accented}, "floor": {floor, something}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				least, kb := time.Hour, 0
				for range 5 { // each on a fresh display: what is gone stays painted
					cmd, took := run(b, xvfb.Start(b), c.painted, c.program)
					least = min(least, took)
					time.Sleep(2 * time.Second)
					w := world{cmd: cmd}
					kb = w.resident()
					end(cmd)
				}
				b.ReportMetric(least.Seconds(), "s-to-paint")
				b.ReportMetric(float64(kb)*1024/1e6, "MB-resident")
			}
		})
	}
}

// BenchmarkWindowAtWork is how much of one core the window uses, drawn in software: a bare
// window of the toolkit; ours at rest, with a speed and with a sound level that move, and while the processor is measured.
func BenchmarkWindowAtWork(b *testing.B) {
	program, real := shipped(b, "internal/windowtest/scripted"), shipped(b, "linecheck")
	for _, script := range []string{"floor", "rest", "checks", "level", "quiet"} {
		b.Run(script, func(b *testing.B) {
			s := xvfb.Start(b)
			for b.Loop() {
				what := program
				if script == "rest" {
					what = real
				}
				painted := accented
				if script == "floor" {
					painted = something
				}
				cmd, _ := run(b, s, painted, what, map[bool][]string{false: {script}}[script == "rest"]...)
				time.Sleep(2 * time.Second)
				if what == program {
					s.Key(b, "Return") // goes on with the checks
				}
				time.Sleep(2 * time.Second)
				b.ReportMetric(share(b, cmd), "%-of-a-core")
				end(cmd)
			}
		})
	}
}

// BenchmarkInputToPaint is the time from a press of the Tab key to the changed picture, while
// a check draws its speed. The picture is looked at where the focus goes, all the time.
func BenchmarkInputToPaint(b *testing.B) {
	program := shipped(b, "internal/windowtest/scripted")
	s := xvfb.Start(b)
	run(b, s, accented, program, "checks")
	time.Sleep(2 * time.Second)
	s.Key(b, "Return") // goes on with the checks
	time.Sleep(time.Second)
	c, err := xgb.NewConnDisplay(s.Name)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if err := xtest.Init(c); err != nil {
		b.Fatal(err)
	}
	root := xproto.Setup(c).DefaultScreen(c).Root
	const tab = 23 // the key's code on PC keyboards
	press := func() {
		for _, kind := range []byte{xproto.KeyPress, xproto.KeyRelease} {
			if err := xtest.FakeInputChecked(c, kind, tab, 0, root, 0, 0, 0).Check(); err != nil {
				b.Fatal(err)
			}
		}
	}
	press()
	time.Sleep(500 * time.Millisecond)
	var all time.Duration
	n, worst := 0, time.Duration(0)
	for b.Loop() {
		before := still(b, s)
		begin := time.Now()
		press()
		for still(b, s) == before {
			if time.Since(begin) > 5*time.Second {
				b.Fatal("the focus does not move")
			}
		}
		took := time.Since(begin)
		all, n, worst = all+took, n+1, max(worst, took)
		time.Sleep(time.Duration(100+7*(n%13)) * time.Millisecond)
	}
	b.ReportMetric(float64(all.Milliseconds())/float64(n), "ms-mean")
	b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
}

// still is the picture where the focus goes and nothing else moves: beside the rows of the
// checks, in the header, and along the lower edge.
func still(b *testing.B, s xvfb.Screen) uint32 {
	b.Helper()
	f, err := s.Frame()
	if err != nil {
		b.Fatal(err)
	}
	sum := crc32.NewIEEE()
	for y := 40; y < f.Height; y += 2 {
		switch {
		case y < 130 || y > 680:
			_, _ = sum.Write(f.Bytes(y, 0, f.Width))
		case y > 360:
			_, _ = sum.Write(f.Bytes(y, 990, f.Width))
		}
	}
	return sum.Sum32()
}
