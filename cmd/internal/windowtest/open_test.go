package windowtest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"linecheck/gui/model"
)

// An invite is opened by the code that the recruiter's program gave it, typed into the
// window that was opened without one.
func TestTypingTheCode(t *testing.T) {
	w := newWorld(t)
	// The server's own certificate is one that this computer believes.
	certificate := w.path("data", "certificate.pem")
	if _, err := os.Stat(certificate); err != nil {
		certificate = w.certificate()
	}
	t.Setenv("SSL_CERT_FILE", certificate)
	out := strings.Fields(w.recruiter("invite", "--keys", w.path("keys"), "--applicant", "A-17", "--role", "customer-service", "--region", "EU",
		"--probe", w.url, "--policy", w.quick(), "--out", w.path("invite"), "--data", w.path("data")))
	code := out[len(out)-1]
	w.open()
	w.reach(model.Welcome, 20*time.Second)
	w.until("the window", 10*time.Second, func() bool { _, ok := w.button(); return ok })
	if n := w.sessions(); n != 1 {
		t.Fatalf("%d sessions", n)
	}
	w.screen.Key(t, "shift+Tab", "shift+Tab", "shift+Tab") // back from the main button: choose, open, the field
	w.screen.Type(t, strings.ToLower(strings.ReplaceAll(code, "-", " ")))
	w.shoot("typed")
	w.screen.Key(t, "Return")
	w.until("the invite's session", 20*time.Second, func() bool { return w.sessions() == 2 })
	w.until("its welcome", 20*time.Second, func() bool { _, ok := w.button(); return ok })
	w.shoot("opened")
}

// sessions is how many sessions lie on this computer.
func (w *world) sessions() (n int) {
	entries, err := os.ReadDir(w.path("home", "sessions"))
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if e.IsDir() {
			n++
		}
	}
	return n
}

// certificate is the certificate that the server shows.
func (w *world) certificate() string {
	w.t.Helper()
	cmd := exec.Command("openssl", "s_client", "-connect", strings.TrimPrefix(w.url, "https://"))
	cmd.Stdin = strings.NewReader("")
	out, err := cmd.Output()
	if err != nil {
		w.t.Skip("openssl is not installed")
	}
	_, rest, _ := strings.Cut(string(out), "-----BEGIN CERTIFICATE-----")
	body, _, _ := strings.Cut(rest, "-----END CERTIFICATE-----")
	name := w.path("server.pem")
	if err := os.WriteFile(name, []byte("-----BEGIN CERTIFICATE-----"+body+"-----END CERTIFICATE-----\n"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return name
}

// A link that is clicked on starts the program, by the desktop file of its package; a
// second one goes to the window that is open.
func TestClickingALink(t *testing.T) {
	for _, program := range []string{"xdg-open", "desktop-file-validate"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (Debian: xdg-utils desktop-file-utils)", program)
		}
	}
	w := newWorld(t)
	file := "../../linecheck/package/linecheck.desktop"
	if out, err := exec.Command("desktop-file-validate", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("the desktop file: %v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	applications := w.path("person", ".local", "share", "applications")
	if err := os.MkdirAll(applications, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(applications+"/linecheck.desktop", text, 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(w.screen.Env("HOME="+w.path("person"), "LINECHECK_HOME="+w.path("home"), "XDG_RUNTIME_DIR=", "XDG_CURRENT_DESKTOP=", "XDG_DATA_HOME=", "XDG_CONFIG_HOME="),
		"PATH="+built.Dir+":"+os.Getenv("PATH"))
	desktop := func(args ...string) *exec.Cmd {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = env
		return cmd
	}
	if out, err := desktop("xdg-mime", "default", "linecheck.desktop", "x-scheme-handler/linecheck").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	link := func() string {
		out := strings.Fields(w.recruiter("invite", "--keys", w.path("keys"), "--applicant", "A-17", "--role", "customer-service", "--region", "EU",
			"--probe", w.url, "--policy", w.quick(), "--out", w.path("invite")))
		return out[0]
	}
	first := desktop("xdg-open", link())
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec.Command("pkill", "-f", built.Dir+"/linecheck ").Run(); _ = first.Wait() })
	w.until("the invite's session", 20*time.Second, func() bool { return w.sessions() == 1 && w.place().Screen == model.Welcome })
	if out, err := desktop("xdg-open", link()).CombinedOutput(); err != nil {
		t.Errorf("the second link: %v\n%s", err, out)
	}
	w.until("the second invite's session", 20*time.Second, func() bool { return w.sessions() == 2 })
	w.shoot("second")
}
