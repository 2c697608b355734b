package e2e

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"linecheck/cmd/internal/progtest"
	"linecheck/report"
)

// programs are built once for all tests.
type programs struct{ recruiter, support, demo string }

var built = progtest.Of("linecheck-recruiter", "linecheck-support", "internal/demo")

func TestMain(m *testing.M) { built.Main(m) }

// theirs are the programs of this package's tests.
func theirs() (programs, error) {
	paths, err := built.Paths()
	if err != nil {
		return programs{}, err
	}
	return programs{paths[0], paths[1], paths[2]}, nil
}

// world is one recruiter with a running server.
type world struct {
	t        *testing.T
	programs programs
	dir      string
	url      string
	server   *exec.Cmd
	listen   string
	env      []string // for the applicant's program
}

// newWorld starts a recruiter's server. Tests of whole programs are left out of the short run.
func newWorld(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("runs whole programs for minutes; left out with -short")
	}
	p, err := theirs()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, programs: p, dir: t.TempDir(), listen: "127.0.0.1:0"}
	w.recruiter("keygen", "--out", w.path("keys"), "--name", "Example Ltd")
	w.start()
	t.Cleanup(w.stop)
	return w
}

func (w *world) path(name ...string) string {
	return filepath.Join(append([]string{w.dir}, name...)...)
}

// start starts the server and waits until it listens; again on the same address after a stop.
func (w *world) start() {
	w.t.Helper()
	cmd := exec.Command(w.programs.recruiter, "serve", "--keys", w.path("keys"), "--data", w.path("data"), "--listen", w.listen)
	log, err := os.OpenFile(w.path("server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		text, _ := os.ReadFile(log.Name())
		w.t.Fatalf("the server did not start: %s", text)
	}
	_, w.url, _ = strings.Cut(strings.TrimSpace(line), " as ")
	w.listen = strings.TrimPrefix(w.url, "https://")
	w.server = cmd
}

func (w *world) stop() {
	if w.server != nil {
		_ = w.server.Process.Signal(os.Interrupt)
		_ = w.server.Wait()
		w.server = nil
	}
}

// recruiter runs the recruiter's program, which must succeed.
func (w *world) recruiter(args ...string) string {
	w.t.Helper()
	out, err := exec.Command(w.programs.recruiter, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		w.t.Fatalf("linecheck-recruiter %v: %v", args, err)
	}
	return string(out)
}

// quick is a policy whose checks take a few seconds together.
func (w *world) quick() string {
	w.t.Helper()
	progtest.QuickPolicy(w.t, w.path("policy.json"))
	return w.path("policy.json")
}

// policy writes a policy that looks at these checks and is content with any value.
func (w *world) policy(metrics map[string]string) string {
	w.t.Helper()
	progtest.Policy(w.t, w.path("policy.json"), metrics)
	return w.path("policy.json")
}

// invite issues an invite and returns its file.
func (w *world) invite(more ...string) string {
	w.t.Helper()
	f, err := os.CreateTemp(w.dir, "invite-")
	if err != nil {
		w.t.Fatal(err)
	}
	_ = f.Close()
	w.recruiter(append([]string{"invite", "--keys", w.path("keys"), "--applicant", "A-17", "--role", "customer-service",
		"--region", "EU", "--probe", w.url, "--out", f.Name()}, more...)...)
	return f.Name()
}

// trust is the exported trust file.
func (w *world) trust() string {
	w.recruiter("trust", "export", "--keys", w.path("keys"), "--out", w.path("trust.json"))
	return w.path("trust.json")
}

// stored is how many reports and runs the server has.
func (w *world) stored() (reports, runs int) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path("data", "linecheck.db")+"?mode=ro")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM runs)`).Scan(&reports, &runs); err != nil {
		w.t.Fatal(err)
	}
	return reports, runs
}

// event is one line of --json.
type event struct {
	Type, Check, Stage, Verdict string
	Code                        string  // why the invite was refused
	Program                     *wanted // the program that it asks for
	Kept, Sent, Partial         bool
	Files                       []string
	Fraction                    float64
	Evidence                    json.RawMessage
	at                          time.Time
}

// wanted is which program this is, and which one an invite asks for.
type wanted struct {
	Version string
	AtLeast string `json:"at_least"`
	Link    string
}

// evidence is as much of a check's evidence as tests look at.
type evidence struct {
	Check, Outcome, Reason, Fault string
	Metrics                       []struct {
		Key, Unit, Origin string
		Value             float64
	}
	Facts  map[string]string
	Series []report.Series
}

func (e event) evidence(t *testing.T) (v evidence) {
	t.Helper()
	if err := json.Unmarshal(e.Evidence, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v evidence) metric(key string) (float64, bool) {
	for _, m := range v.Metrics {
		if m.Key == key {
			return m.Value, true
		}
	}
	return 0, false
}

// ran is how a run of the applicant's program went.
type ran struct {
	events []event
	code   int
	stderr string
	took   time.Duration
}

func (r ran) finished(check string) (event, bool) {
	for _, e := range r.events {
		if e.Type == "finished" && e.Check == check {
			return e, true
		}
	}
	return event{}, false
}

func (r ran) last() event {
	if len(r.events) == 0 {
		return event{}
	}
	return r.events[len(r.events)-1]
}

// idle: nothing ran, and there is at most the line that says why not.
func (r ran) idle() bool {
	return !slices.ContainsFunc(r.events, func(e event) bool { return e.Type != "refused" })
}

// applicant is one applicant's computer: a home folder of its own.
type applicant struct {
	w    *world
	home string
	env  []string
}

func (w *world) applicant() *applicant {
	return &applicant{w: w, home: w.t.TempDir(), env: w.env}
}

func (a *applicant) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, a.w.programs.support, args...)
	cmd.Env = append(os.Environ(), append([]string{"LINECHECK_HOME=" + a.home}, a.env...)...)
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// run runs "linecheck-support run --json --yes"; watch sees each event as it comes, with the process.
func (a *applicant) run(watch func(event, *os.Process), args ...string) ran {
	a.w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	return a.watch(a.command(ctx, append([]string{"run", "--json", "--yes"}, args...)...), watch)
}

// watch runs a command and reads its events.
func (a *applicant) watch(cmd *exec.Cmd, watch func(event, *os.Process)) ran {
	a.w.t.Helper()
	return a.watchStarted(cmd, nil, watch)
}

// watchStarted is watch, and tells when the process has started.
func (a *applicant) watchStarted(cmd *exec.Cmd, started func(*os.Process), watch func(event, *os.Process)) ran {
	a.w.t.Helper()
	var stderr bytes.Buffer
	r, pipe := io.Pipe()
	cmd.Stdout, cmd.Stderr = pipe, &stderr
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		a.w.t.Fatal(err)
	}
	if started != nil {
		started(cmd.Process)
	}
	var got ran
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			e := event{at: time.Now()}
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				a.w.t.Errorf("not a JSON line: %s", lines.Bytes())
			}
			got.events = append(got.events, e)
			if watch != nil {
				watch(e, cmd.Process)
			}
		}
	}()
	_ = cmd.Wait()
	_ = pipe.Close()
	<-read
	got.code, got.stderr, got.took = cmd.ProcessState.ExitCode(), stderr.String(), time.Since(begin)
	return got
}
