// Package xvfb is a display without a screen for tests: an X server that draws into a
// file, with a window manager, and a hand at keyboard and mouse. Tests look at what is
// painted and press what a person would press. Nothing that is shipped imports it.
package xvfb

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Screen is a running display.
type Screen struct {
	// Name is its name, as ":99".
	Name    string
	picture string
}

// Size of the display in pixels.
const Width, Height = 1280, 800

// Start starts a display that ends with the test, with more arguments for the X
// server. Where the programs for it are not installed the test is skipped.
func Start(t testing.TB, more ...string) Screen {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a display server")
	}
	for _, program := range []string{"Xvfb", "xdotool", "openbox"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (Debian: xvfb xdotool openbox libgl1-mesa-dri)", program)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	size := fmt.Sprintf("%dx%dx24", Width, Height)
	x := exec.Command("Xvfb", append([]string{"-displayfd", "3", "-screen", "0", size, "-fbdir", dir, "-nolisten", "tcp"}, more...)...)
	x.ExtraFiles = []*os.File{w}
	start(t, x)
	w.Close()
	defer r.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb does not come up: %v", err)
	}
	s := Screen{":" + strings.TrimSpace(number), filepath.Join(dir, "Xvfb_screen0")}
	manager := exec.Command("openbox", "--sm-disable")
	manager.Env = s.Env("HOME=" + dir)
	start(t, manager)
	return s
}

// start starts a program that ends with the test.
func start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
}

// Env is the environment of a program on the display; more is set in it.
func (s Screen) Env(more ...string) []string {
	return append(append(os.Environ(), "DISPLAY="+s.Name, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_US.UTF-8", "LC_ALL=", "LANGUAGE=", "FYNE_THEME=light"), more...)
}

// Frame is what the server has drawn at one moment, as it stands in memory: rows of
// four bytes a pixel, blue, green, red and one unused.
type Frame struct {
	Width, Height int
	row           int
	rows          []byte
}

// Frame reads what the server has drawn: an XWD file, whose header says where the rows
// begin and how long they are.
func (s Screen) Frame() (Frame, error) {
	data, err := os.ReadFile(s.picture)
	if err != nil {
		return Frame{}, err
	}
	if len(data) < 100 {
		return Frame{}, fmt.Errorf("%d bytes are no picture", len(data))
	}
	field := func(i int) int { return int(binary.BigEndian.Uint32(data[4*i:])) }
	f := Frame{Width: field(4), Height: field(5), row: field(12), rows: data[field(0)+12*field(19):]}
	if len(f.rows) < f.Height*f.row || f.row < 4*f.Width {
		return Frame{}, fmt.Errorf("the picture is cut off")
	}
	return f, nil
}

// Bytes are the pixels of one row from one column on to another.
func (f Frame) Bytes(y, from, to int) []byte { return f.rows[y*f.row+4*from : y*f.row+4*to] }

// Image is what the server has drawn, as an image.
func (s Screen) Image() (*image.RGBA, error) {
	f, err := s.Frame()
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, f.Width, f.Height))
	for y := range f.Height {
		row := f.Bytes(y, 0, f.Width)
		for x := range f.Width {
			p := row[4*x:]
			img.SetRGBA(x, y, color.RGBA{R: p[2], G: p[1], B: p[0], A: 0xff})
		}
	}
	return img, nil
}

// Near says whether two colours are about the same: OpenGL rounds.
func Near(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	near := func(x, y uint32) bool { return max(x, y)-min(x, y) <= 3<<8 }
	return near(ar, br) && near(ag, bg) && near(ab, bb)
}

// Pixels counts the pixels of about a colour.
func (s Screen) Pixels(t testing.TB, c color.Color) (n int) {
	t.Helper()
	img, err := s.Image()
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if Near(img.RGBAAt(x, y), c) {
				n++
			}
		}
	}
	return n
}

// Find is the middle of the lowest block of a colour that is at least so large, where
// there is one: a button, among other things of its colour.
func (s Screen) Find(c color.Color, width, height int) (at image.Point, ok bool) {
	img, err := s.Image()
	if err != nil {
		return at, false
	}
	for y := img.Rect.Dy() - 1; y >= height; y-- {
		for x, run := 0, 0; x < img.Rect.Dx(); x++ {
			if !Near(img.RGBAAt(x, y), c) {
				run = 0
				continue
			}
			if run++; run >= width && full(img, c, x-width+1, y-height+1, width, height) {
				left, right := x-width+1, x
				for ; left > 0 && Near(img.RGBAAt(left-1, y), c); left-- {
				}
				for ; right+1 < img.Rect.Dx() && Near(img.RGBAAt(right+1, y), c); right++ {
				}
				return image.Pt((left+right)/2, y-height/2), true
			}
		}
	}
	return at, false
}

// full says whether the frame of a block is of a colour: what is written on a button is inside.
func full(img *image.RGBA, c color.Color, x, y, width, height int) bool {
	for i := range width {
		if !Near(img.RGBAAt(x+i, y), c) || !Near(img.RGBAAt(x+i, y+height-1), c) {
			return false
		}
	}
	return true
}

// do runs xdotool, which is the hand.
func (s Screen) do(t testing.TB, args ...string) {
	t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = s.Env("LC_ALL=C.UTF-8") // which every system has
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// Click moves the mouse to a place, clicks, and moves it out of the way: what it is over
// looks otherwise.
func (s Screen) Click(t testing.TB, at image.Point) {
	t.Helper()
	s.do(t, "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y))
	time.Sleep(30 * time.Millisecond)
	s.do(t, "click", "1")
	time.Sleep(30 * time.Millisecond)
	s.do(t, "mousemove", "2", "2")
}

// Key presses keys, as "Return" or "ctrl+v", one after the other.
func (s Screen) Key(t testing.TB, keys ...string) {
	t.Helper()
	s.do(t, append([]string{"key", "--delay", "40"}, keys...)...)
}

// Type types a text.
func (s Screen) Type(t testing.TB, text string) {
	t.Helper()
	s.do(t, "type", "--delay", "25", "--", text)
}

// Viewable says whether a window of that name can be seen.
func (s Screen) Viewable(name string) bool {
	cmd := exec.Command("xdotool", "search", "--onlyvisible", "--name", "^"+name+"$")
	cmd.Env = s.Env()
	return cmd.Run() == nil
}
