//go:build linux

package packtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"linecheck/cmd/internal/progtest"
	"linecheck/cmd/internal/xvfb"
)

// Folder names the folder with the packages; pictures are left beside it, in "pictures".
const folder = "LINECHECK_PACKAGES"

// dist is the folder with the packages.
func dist(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(folder)
	if dir == "" {
		t.Skip("tries packages: run `make package-test`")
	}
	return dir
}

// one is the only file in the folder of that pattern.
func one(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dist(t), pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %d files (%v)", pattern, len(found), err)
	}
	return found[0]
}

// version is the one that all packages have.
func version(t *testing.T) string {
	t.Helper()
	name := filepath.Base(one(t, "linecheck-*-windows-amd64.zip"))
	return strings.TrimSuffix(strings.TrimPrefix(name, "linecheck-"), "-windows-amd64.zip")
}

// must runs a command, and returns what it printed.
func must(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, out, complaint.String())
	}
	return string(out)
}

// recruiter is the released program of the recruiter, with a server of its own on this
// computer, and an invite to it.
type recruiter struct {
	program, dir, url string
	link              string // the invite's, as it is sent to applicants
}

func newRecruiter(t *testing.T) recruiter {
	t.Helper()
	r := recruiter{program: one(t, "linecheck-recruiter-*-linux-amd64"), dir: t.TempDir()}
	must(t, exec.Command(r.program, "keygen", "--out", r.path("keys"), "--name", "Example Ltd"))
	progtest.QuickPolicy(t, r.path("policy.json"))
	r.url = progtest.Serve(t, exec.Command(r.program, "serve", "--keys", r.path("keys"), "--data", r.path("data"), "--listen", "127.0.0.1:0"))
	said := must(t, exec.Command(r.program, "invite", "--keys", r.path("keys"), "--applicant", "A-17", "--role", "customer-service", "--region", "EU", "--probe", r.url,
		"--policy", r.path("policy.json"), "--runs", "5", "--data", r.path("data"), "--out", r.path("invite")))
	r.link, _, _ = strings.Cut(said, "\n")
	must(t, exec.Command(r.program, "trust", "export", "--keys", r.path("keys"), "--out", r.path("trust.json")))
	return r
}

func (r recruiter) path(name string) string { return filepath.Join(r.dir, name) }

// verified verifies the only PDF in a folder, with its receipt.
func (r recruiter) verified(t *testing.T, dir string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d reports in %s (%v)", len(found), dir, err)
	}
	said := must(t, exec.Command(r.program, "verify", found[0], "--trust", r.path("trust.json")))
	if !strings.Contains(said, "AUTHENTIC") || !strings.Contains(said, "receipt") || strings.Contains(said, "FAILED") {
		t.Errorf("%s", said)
	}
	t.Log(said)
}

// painted starts a program and waits until it has drawn something; it returns how long
// that took. The program ends with the test.
func painted(t *testing.T, s xvfb.Screen, cmd *exec.Cmd, patience time.Duration) time.Duration {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	for time.Since(begin) < patience {
		if img, err := s.Image(); err == nil && colours(img) > 8 {
			return time.Since(begin)
		}
		select {
		case <-ended:
			t.Fatalf("the program ended: %s", said.String())
		case <-time.After(5 * time.Millisecond):
		}
	}
	t.Fatalf("nothing was drawn in %v: %s", patience, said.String())
	return 0
}

// colours counts the colours of some rows, up to nine: an empty display has few.
func colours(img *image.RGBA) int {
	seen := map[[3]uint8]bool{}
	for y := 0; y < img.Rect.Dy(); y += 7 {
		for x := 0; x < img.Rect.Dx() && len(seen) < 9; x += 3 {
			c := img.RGBAAt(x, y)
			seen[[3]uint8{c.R, c.G, c.B}] = true
		}
	}
	return len(seen)
}

// shoot leaves a picture of the display for people to look at.
func shoot(t *testing.T, s xvfb.Screen, name string) {
	t.Helper()
	img, err := s.Image()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(filepath.Dir(filepath.Clean(dist(t))), "bin", "pictures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	t.Logf("picture: %s", f.Name())
}

// Every file has its checksum, the version in its name, and the size that was promised.
func TestWhatIsReleased(t *testing.T) {
	sums, err := os.ReadFile(filepath.Join(dist(t), "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	var summed []string
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		data, err := os.ReadFile(filepath.Join(dist(t), name))
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s has another checksum", name)
		}
		if name != "NOTES.md" && !strings.Contains(name, version(t)) {
			t.Errorf("%s does not say which version it is", name)
		}
		summed = append(summed, name)
	}
	entries, err := os.ReadDir(dist(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "SHA256SUMS" && !slices.Contains(summed, e.Name()) {
			t.Errorf("%s has no checksum", e.Name())
		}
	}
	for pattern, most := range map[string]int64{"*-setup.exe": 16e6, "*_amd64.deb": 14e6, "*_arm64.deb": 14e6, "*.x86_64.rpm": 14e6, "*.aarch64.rpm": 14e6} {
		st, err := os.Stat(one(t, pattern))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f MB of %.0f", pattern, float64(st.Size())/1e6, float64(most)/1e6)
		if st.Size() > most {
			t.Errorf("%s is too large", pattern)
		}
	}
}

// The bill of materials can be read, and names what matters.
func TestBillOfMaterials(t *testing.T) {
	f, err := os.Open(one(t, "*.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(f, cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range *bom.Components {
		names = append(names, c.Name)
	}
	for _, want := range []string{"fyne.io/fyne/v2", "github.com/pion/webrtc/v3", "github.com/pion/turn/v4", "modernc.org/sqlite", "golang.org/x/sys", "PortAudio", "NSIS", "libgcc", "std"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not in it", want)
		}
	}
}
