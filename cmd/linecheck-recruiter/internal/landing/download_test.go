package landing

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// fill puts files into a folder; each is a day younger than the one before.
func fill(t *testing.T, folder string, names ...string) {
	t.Helper()
	for n, name := range names {
		at := filepath.Join(folder, name)
		changed := noon().AddDate(0, 0, n)
		if err := errors.Join(os.WriteFile(at, []byte("program "+name), 0o600), os.Chtimes(at, changed, changed)); err != nil {
			t.Fatal(err)
		}
	}
}

// The downloads for the visitor's system come first, the others after them; what is no program is not offered.
func TestDownloadsThatAreOffered(t *testing.T) {
	r := newRig(t, organisation)
	i := r.invite(wish())
	if page := r.page(i, "User-Agent", onWindows); !strings.Contains(page, "There is no download here. Ask Example Support for the program.") || strings.Contains(page, "Other systems") {
		t.Errorf("%s", page)
	}
	fill(t, r.pages.Downloads, "linecheck_1.0_amd64.deb", "linecheck_1.1_amd64.deb", "linecheck-1.1.x86_64.rpm", "Linecheck.exe", "linecheck_1.1.msi", "linecheck_1.1.exe", "notes.txt", "other_1.0.deb", ".linecheck.deb", "linecheck a.deb", "linecheck_1.1_arm64.deb",
		"linecheck-1.1-windows-amd64-setup.exe", "linecheck-1.1-windows-amd64.zip", "linecheck-recruiter-1.1-windows-amd64.exe", "linecheck-verify-1.1.html")
	if err := os.Mkdir(filepath.Join(r.pages.Downloads, "linecheck_folder.deb"), 0o700); err != nil {
		t.Fatal(err)
	}
	windows := r.page(i, "User-Agent", onWindows)
	for _, no := range []string{"notes.txt", "other_1.0", ".linecheck", "linecheck a", "linecheck_folder", "Linecheck.exe", "recruiter-1.1", "verify-1.1"} {
		if strings.Contains(windows, no) {
			t.Errorf("%s is offered", no)
		}
	}
	order := []string{"Download for Windows", "linecheck_1.1.msi", "linecheck-1.1-windows-amd64-setup.exe", "linecheck_1.1.exe", "linecheck-1.1-windows-amd64.zip", "Other systems", "Linux", "linecheck_1.1_amd64.deb", "linecheck_1.0_amd64.deb", "linecheck_1.1_arm64.deb", "linecheck-1.1.x86_64.rpm", "(1 MB)"}
	rest := windows
	for _, text := range order {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			t.Fatalf("%q is not where it should be\n%s", text, windows)
		}
		rest = after
	}
	if mac := r.page(i, "User-Agent", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"); !strings.Contains(mac, "There is no download for macOS here. Ask Example Support") || !strings.Contains(mac, "linecheck_1.1.msi") {
		t.Errorf("%s", mac)
	}
	if nobody := r.page(i); strings.Contains(nobody, "There is no download") || !strings.Contains(nobody, "linecheck_1.1.msi") {
		t.Errorf("%s", nobody)
	}
	if err := os.RemoveAll(r.pages.Downloads); err != nil {
		t.Fatal(err)
	}
	if page := r.page(i); !strings.Contains(page, "There is no download here") {
		t.Errorf("without the folder: %s", page)
	}
}

// Only regular files directly in the folder are served.
func TestPathTricks(t *testing.T) {
	r := newRig(t, organisation)
	folder := r.pages.Downloads
	fill(t, filepath.Dir(folder), "secret.txt")
	fill(t, folder, "linecheck_1.0_amd64.deb", ".hidden", "SHA256SUMS", "a b")
	sub := filepath.Join(folder, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	fill(t, sub, "inner.deb")
	if runtime.GOOS != "windows" {
		if err := errors.Join(os.Symlink("../secret.txt", filepath.Join(folder, "out.deb")), os.Symlink("SHA256SUMS", filepath.Join(folder, "in.deb")), exec.Command("mkfifo", filepath.Join(folder, "pipe.deb")).Run()); err != nil {
			t.Fatal(err)
		}
	}
	w := r.ask(http.MethodGet, "/downloads/linecheck_1.0_amd64.deb")
	if w.Code != 200 || w.Body.String() != "program linecheck_1.0_amd64.deb" || w.Header().Get("Content-Disposition") != `attachment; filename="linecheck_1.0_amd64.deb"` ||
		w.Header().Get("Content-Type") != "application/octet-stream" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := r.ask(http.MethodGet, "/downloads/linecheck_1.0_amd64.deb", "Range", "bytes=0-6"); w.Code != 206 || w.Body.String() != "program" {
		t.Errorf("a part: %d %q", w.Code, w.Body)
	}
	if w := r.ask(http.MethodGet, "/downloads/SHA256SUMS"); w.Code != 200 {
		t.Errorf("checksums: %d", w.Code)
	}
	for _, name := range []string{"", ".", "..", "%2e%2e", "..%2Fsecret.txt", "%2e%2e%2fsecret.txt", "..%5Csecret.txt", "sub", "sub%2Finner.deb", "sub/inner.deb", ".hidden", "a%20b", "out.deb", "in.deb", "pipe.deb",
		"none.deb", "linecheck_1.0_amd64.deb%00", "%2Fetc%2Fpasswd", "CON", strings.Repeat("a", 300), "linecheck_1.0_amd64.deb%0d%0aX:%20y", "C:%5Cx"} {
		w := r.ask(http.MethodGet, "/downloads/"+name)
		if w.Code == 200 || strings.Contains(w.Body.String(), "program") || strings.Contains(w.Body.String(), "root:") {
			t.Errorf("%q: %d %s", name, w.Code, w.Body)
		}
	}
}

// slow is an answer whose time limit can be seen.
type slow struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (s *slow) SetWriteDeadline(t time.Time) error { s.until = t; return nil }

// A download may take longer than other answers.
func TestASlowDownload(t *testing.T) {
	r := newRig(t, organisation)
	fill(t, r.pages.Downloads, "linecheck.msi")
	w := &slow{ResponseRecorder: httptest.NewRecorder()}
	r.pages.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/downloads/linecheck.msi", nil))
	if w.Code != 200 || !w.until.Equal(noon().Add(time.Hour)) {
		t.Errorf("%d %v", w.Code, w.until)
	}
}

func TestDevices(t *testing.T) {
	for agent, want := range map[string]device{
		"":        {},
		"curl/8":  {},
		onWindows: {system: "Windows"},
		onPhone:   {handheld: true},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1": {handheld: true},
		"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Mobile/15E148 Safari/604.1":          {handheld: true},
		"Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36":                          {handheld: true},
		"Mozilla/5.0 (Android 15; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0":                                                {handheld: true},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15":                   {system: "macOS"},
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                              {system: "Linux"},
		"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                      {system: "Linux"},
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36":                          {system: "ChromeOS"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; Tablet PC 2.0)":                                                            {system: "Windows"},
	} {
		q := httptest.NewRequest(http.MethodGet, "/", nil)
		q.Header.Set("User-Agent", agent)
		if got := deviceOf(q); got != want {
			t.Errorf("%q is %+v", agent, got)
		}
	}
	r := newRig(t, organisation)
	i := r.invite(wish())
	for agent, handheld := range map[string]bool{onPhone: true, onWindows: false} {
		page := r.page(i, "User-Agent", agent)
		if got := strings.Contains(page, "You need the computer that you will work on"); got != handheld || !strings.Contains(page, "QR code with the address of this page") {
			t.Errorf("%q: %v\n%s", agent, got, page)
		}
	}
}
