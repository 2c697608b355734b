package session

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/strict"
)

// Everything kept is below one folder:
//
//	sessions/<invite>/   a session under way
//	outbox/<digest>.json sealed reports that wait to be sent
//	reports/<digest>/    finished reports
//	refused/<digest>.json reports that the server refused for good
//	trust/<tenant>.json  the trust file seen last
type home struct{ path string }

// DefaultHome is where state is kept on this system for the current user.
func DefaultHome() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder to keep the session in: %w", err)
	}
	return filepath.Join(dir, "linecheck"), nil
}

// openHome makes the folders and proves that they can be written, before anything runs.
func openHome(path string) (home, error) {
	h := home{path}
	for _, dir := range []string{"sessions", "outbox", "reports"} {
		if err := os.MkdirAll(filepath.Join(path, dir), 0o700); err != nil {
			return h, fmt.Errorf("%w: %w", kindOfTrouble(err), err)
		}
	}
	h.sweep()
	return h, Writable(path)
}

// abandoned is how old an unfinished file must be before nobody can be writing it any more.
const abandoned = 10 * time.Minute

// sweep removes unfinished files that a killed program left behind.
func (h home) sweep() {
	for _, dir := range []string{"", "sessions/*", "sessions/*/evidence", "outbox", "reports/*"} {
		for _, pattern := range []string{".new-*", ".room-*"} {
			left, err := filepath.Glob(filepath.Join(h.path, dir, pattern))
			if err != nil {
				continue
			}
			for _, name := range left {
				if st, err := os.Stat(name); err == nil && time.Since(st.ModTime()) > abandoned {
					_ = os.Remove(name)
				}
			}
		}
	}
}

// kindOfTrouble is what keeps a folder from being made, or a file in it.
func kindOfTrouble(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return ErrNoRoom
	}
	return ErrReadOnly
}

// reserve is how much room must be left on the disk: many times what a run writes.
const reserve = 4 << 20

// Writable proves by doing it that files can be written in a folder and that
// its disk has room left.
func Writable(dir string) error {
	f, err := os.CreateTemp(dir, ".room-*")
	if err != nil {
		return fmt.Errorf("%w: %w", kindOfTrouble(err), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, reserve))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%w (%d MB are needed): %w", ErrNoRoom, reserve>>20, err)
	}
	return nil
}

// ErrReadOnly: files cannot be written in the folder for results. ErrNoRoom: its disk is full.
var (
	ErrReadOnly = errors.New("cannot write to the folder for results")
	ErrNoRoom   = errors.New("the disk has no room for the results")
)

// ErrBusy: another process has this session open.
var ErrBusy = errors.New("this check is already running in another window or terminal")

// folder is one session's folder, held by a lock.
type folder struct {
	path string
	lock *flock.Flock
}

func (h home) session(name string) (folder, error) {
	f := folder{path: filepath.Join(h.path, "sessions", name), lock: flock.New(filepath.Join(h.path, "sessions", name+".lock"))}
	ok, err := f.lock.TryLock()
	if err != nil {
		return f, fmt.Errorf("the session's folder cannot be used: %w", err)
	}
	if !ok {
		return f, ErrBusy
	}
	return f, nil
}

func (f folder) unlock() {
	if f.lock != nil {
		_ = f.lock.Unlock()
	}
}

const stateSchema = "linecheck.session/1"

// state is what a session starts with.
type state struct {
	Schema string    `json:"schema"`
	Key    string    `json:"key"`
	Begun  time.Time `json:"begun"`
}

// maxFile bounds what is read back of the session's own files.
const maxFile = 2 << 20

// state reads the session's start; any error means that there is none to go on with.
func (f folder) state() (state, error) {
	var st state
	if err := read(filepath.Join(f.path, "state.json"), &st); err != nil {
		return st, err
	}
	if _, err := envelope.ParsePrivate(st.Key); st.Schema != stateSchema || err != nil {
		return st, errors.New("the session's state is of another version")
	}
	return st, nil
}

// reset empties the folder and begins anew.
func (f folder) reset(st state) error {
	if err := os.RemoveAll(f.path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(f.path, "evidence"), 0o700); err != nil {
		return err
	}
	return save(filepath.Join(f.path, "state.json"), st)
}

var errStale = errors.New("the sealed self-check is too old")

// stale says whether a report was sealed here, and is too old to be anybody's answer.
func (f folder) stale(now time.Time) bool {
	st, err := os.Stat(f.bundlePath())
	return err == nil && now.Sub(st.ModTime()) > freshByDefault
}

// setAside makes room for a new session. What cannot be read is kept beside it:
// it may be all that is left of a report.
func (f folder) setAside(why error) error {
	if errors.Is(why, os.ErrNotExist) || errors.Is(why, errStale) {
		return nil
	}
	return os.Rename(f.path, fmt.Sprintf("%s.damaged-%d", f.path, time.Now().UnixNano()))
}

// record is one finished check on disk.
type record struct {
	Evidence     report.Evidence     `json:"evidence"`
	Observations []envelope.Envelope `json:"observations"`
	Voice        []byte              `json:"voice,omitzero"`
	Private      map[string][]string `json:"private,omitzero"`
	Basis        string              `json:"basis"`
	Finished     time.Time           `json:"finished"`
}

const freshByDefault = 30 * time.Minute

// record reads what was measured before an interruption, if it is still good.
func (f folder) record(spec checks.Spec, basis string, now time.Time) (record, bool) {
	var r record
	if err := read(f.recordPath(spec.ID), &r); err != nil {
		return record{}, false
	}
	fresh := spec.Fresh
	if fresh == 0 {
		fresh = freshByDefault
	}
	age := now.Sub(r.Finished)
	ok := r.Evidence.Revision == spec.Revision && r.Basis == basis && age >= 0 && age <= fresh
	return r, ok || f.sealed()
}

func (f folder) recordPath(check string) string {
	return filepath.Join(f.path, "evidence", check+".json")
}

func (f folder) bundlePath() string { return filepath.Join(f.path, "bundle.json") }

// sealed says whether the session's report is sealed.
func (f folder) sealed() bool {
	_, err := os.Stat(f.bundlePath())
	return err == nil
}

// remove ends the session.
func (f folder) remove() error { return os.RemoveAll(f.path) }

func (h home) outboxPath(digest string) string {
	return filepath.Join(h.path, "outbox", digest+".json")
}

func (h home) reportPath(digest string) string {
	return filepath.Join(h.path, "reports", digest, "report.json")
}

// refusedPath is where a report goes that the server will never take in.
func (h home) refusedPath(digest string) string {
	return filepath.Join(h.path, "refused", digest+".json")
}

// waiting are the digests of the reports in the outbox.
func (h home) waiting() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(h.path, "outbox"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		digest, ok := strings.CutSuffix(e.Name(), ".json")
		if raw, err := hex.DecodeString(digest); ok && err == nil && len(raw) == 32 {
			out = append(out, digest)
		}
	}
	slices.Sort(out)
	return out, err
}

func read[T any](path string, v *T) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return strict.Decode(data, maxFile, v)
}

func save(path string, v any) error {
	data, err := strict.Encode(v)
	if err != nil {
		return err
	}
	return WriteFile(path, data)
}

// WriteFile writes a file whole or not at all, and is on disk when it returns:
// whoever loses power finds either the old content or the new.
func WriteFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}
