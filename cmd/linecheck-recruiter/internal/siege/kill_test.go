package siege

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/bundle"
)

// kills is how often something is killed; LINECHECK_KILLS sets another number.
func kills(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("LINECHECK_KILLS")); err == nil {
		return n
	}
	return usual
}

// load uploads reports again and again, eight at a time, and remembers which got a receipt.
type load struct {
	f    *fort
	list [][]byte

	mu    sync.Mutex
	next  int
	given map[string][]byte // receipts by digest
}

// run uploads until stop is closed. A report without a receipt is sent again later, as programs do.
func (l *load) run(stop chan struct{}) {
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				l.mu.Lock()
				i := l.next % len(l.list)
				l.next++
				l.mu.Unlock()
				status, receipt, err := l.f.send("/v1/reports", bytes.NewReader(l.list[i]), nil)
				if err != nil || status != http.StatusOK {
					time.Sleep(2 * time.Millisecond)
					continue
				}
				l.mu.Lock()
				digest := digestOf(l.list[i])
				if first := l.given[digest]; first != nil && string(first) != receipt {
					l.f.t.Errorf("%s got two receipts", digest)
				}
				l.given[digest] = []byte(receipt)
				l.mu.Unlock()
			}
		})
	}
	wait.Wait()
}

func digestOf(data []byte) string {
	b, err := bundle.Parse(data)
	if err != nil {
		return err.Error()
	}
	d, _ := b.Report.Digest()
	return d
}

// besieged kills something at some moment under load, has it started again, and holds what is stored against the receipts.
func besieged(t *testing.T, f *fort, rounds int, kill, again func(), open func() (*store.Store, error)) {
	t.Helper()
	l := &load{f: f, list: f.reports(60 * rounds), given: map[string][]byte{}}
	for round := range rounds {
		stop := make(chan struct{})
		finished := make(chan struct{})
		go func() { l.run(stop); close(finished) }()
		time.Sleep(time.Duration(30+rand.IntN(120)) * time.Millisecond)
		kill()
		close(stop)
		<-finished
		again()
		if round%5 == 4 || round == rounds-1 {
			l.held(open)
		}
	}
	t.Logf("%d receipts in %d rounds", len(l.given), rounds)
	if len(l.given) < rounds {
		t.Error("too few to say anything")
	}
}

// held checks that every receipt has its report, and no report stands there twice.
func (l *load) held(open func() (*store.Store, error)) {
	t := l.f.t
	db, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := db.Find(t.Context(), l.f.Tenant)
	if err != nil {
		t.Fatal(err)
	}
	for digest, receipt := range l.given {
		r, err := s.Report(t.Context(), digest)
		if err != nil || !bytes.Equal(r.Receipt, receipt) {
			t.Fatalf("a receipt was given for a report that is not there: %v", err)
		}
	}
	stored, err := s.Reports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(l.f.program, append([]string{"log", "verify", "--json", "--trust", filepath.Join(l.f.Folder, "trust.json")}, l.f.where()...)...).Output()
	var a struct {
		Intact        bool
		Size, Reports int64
		Faults        []string
	}
	if json.Unmarshal(out, &a) != nil || err != nil || !a.Intact || a.Reports != stored || a.Size != stored {
		t.Fatalf("%d reports are stored, and the log says %s (%v)", stored, out, err)
	}
}

func (f *fort) where() []string {
	if f.database != "" {
		return []string{"--database", f.database}
	}
	return []string{"--data", f.data}
}

// Whatever is killed at whatever moment: who has a receipt has a report, once.
func TestKills(t *testing.T) {
	t.Run("server on sqlite", func(t *testing.T) {
		f := newFort(t)
		f.start()
		besieged(t, f, kills(12), f.kill, f.start, func() (*store.Store, error) { return store.OpenRead(f.data) })
	})
	t.Run("server on postgres", func(t *testing.T) {
		f := newFort(t)
		f.database = postgres.Database(t)
		f.start()
		besieged(t, f, kills(8), f.kill, f.start, func() (*store.Store, error) { return store.ConnectRead(t.Context(), f.database) })
	})
	t.Run("postgres", func(t *testing.T) {
		f := newFort(t)
		f.database = postgres.Database(t)
		f.start()
		besieged(t, f, kills(5), postgres.Kill, func() {
			if err := postgres.Run(); err != nil {
				t.Fatal(err)
			}
		}, func() (*store.Store, error) { return store.ConnectRead(t.Context(), f.database) })
		f.well() // without having been started again
	})
}

// A full disk: what does not fit is refused as our trouble, nothing that was taken in is lost, and it goes on once there is room.
func TestADiskThatIsFull(t *testing.T) {
	f := newFort(t)
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no small disk can be made here: %v %s", err, out)
	}
	t.Cleanup(func() { f.kill(); _ = exec.Command("umount", disk).Run() })
	f.data = disk
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	f.start()
	list := f.reports(400)
	given := map[int]string{}
	full := -1
	for i, r := range list {
		status, answer, err := f.send("/v1/reports", bytes.NewReader(r), nil)
		if err == nil && status == http.StatusOK {
			given[i] = answer
			continue
		}
		if full = i; status != http.StatusInsufficientStorage || answer != "server.full" {
			t.Errorf("a full disk is told as %d %s (%v)", status, answer, err)
		}
		break
	}
	if full < 1 {
		t.Fatalf("the disk never filled: %d", full)
	}
	if r, err := f.client.Get(f.url + "/readyz"); err != nil || r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("ready with a full disk: %v %v", r, err)
	} else {
		r.Body.Close()
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for i := range full + 1 {
		status, answer, err := f.send("/v1/reports", bytes.NewReader(list[i]), nil)
		if err != nil || status != http.StatusOK || given[i] != "" && given[i] != answer {
			t.Fatalf("report %d after there is room: %d %.100s (%v)", i, status, answer, err)
		}
	}
	out, err := exec.Command(f.program, "log", "verify", "--data", f.data, "--trust", filepath.Join(f.Folder, "trust.json")).Output()
	if err != nil || !strings.Contains(string(out), fmt.Sprintf("the log holds: %d entries", full+1)) {
		t.Errorf("%s (%v)", out, err)
	}
}
