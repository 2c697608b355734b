package gui

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecheck/gui/model"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // what is painted holds times of day
	os.Exit(m.Run())
}

// pictured is the viewpoint whose pictures are kept; of the others their digests are.
func pictured() viewpoint {
	return viewpoint{language: "en", look: model.LookLight, size: fyne.NewSize(width, height), scale: 1}
}

func viewpoints() []viewpoint {
	large := fyne.NewSize(1280, 800)
	return []viewpoint{
		pictured(),
		{language: "de", look: model.LookDark, size: large, scale: 1},
		{language: "hi", look: model.LookLight, size: large, scale: 1},
		{language: "en", look: model.LookContrast, size: fyne.NewSize(width, height), scale: 2},
		{language: "de", look: model.LookLight, size: fyne.NewSize(512, 350), scale: 2},
	}
}

const goldens = "testdata/goldens"

// Every screen looks as it did when somebody last looked at it. With
// LINECHECK_GOLDENS=write it is kept as it looks now: look at it then.
func TestScreensLookAsBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("paints every screen several times; left out with -short")
	}
	list := filepath.Join(goldens, "digests.txt")
	got := map[string]string{}
	writing := os.Getenv("LINECHECK_GOLDENS") == "write"
	for _, v := range viewpoints() {
		paint(t, v, func(name string, img image.Image) {
			key := v.String() + " " + name
			got[key] = digest(img)
			if v != pictured() {
				return
			}
			path := filepath.Join(goldens, name+".png")
			if writing {
				save(t, path, img)
				return
			}
			if kept, err := load(path); err != nil || digest(kept) != got[key] {
				if dir := os.Getenv("LINECHECK_SHOTS"); dir != "" {
					save(t, filepath.Join(dir, "now-"+name+".png"), img)
				}
				t.Errorf("%s: another picture than %s (%v); LINECHECK_SHOTS=folder keeps it", name, path, err)
			}
		})
	}
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(got)) {
		lines = append(lines, key+" "+got[key])
	}
	text := strings.Join(lines, "\n") + "\n"
	if writing {
		if err := os.WriteFile(list, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(kept), "\n")
	for _, l := range lines {
		if !slices.Contains(want, l) {
			t.Errorf("%s looks otherwise than before", l[:strings.LastIndexByte(l, ' ')])
		}
	}
	if len(want)-1 != len(lines) {
		t.Errorf("%d screens, not %d as before", len(lines), len(want)-1)
	}
}

// digest is that of an image's pixels.
func digest(img image.Image) string {
	flat := image.NewRGBA(img.Bounds())
	draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Src)
	h := sha256.New()
	fmt.Fprint(h, flat.Rect)
	h.Write(flat.Pix)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func load(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}
