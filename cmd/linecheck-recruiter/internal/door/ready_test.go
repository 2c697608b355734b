package door

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func answer(h http.Handler) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w.Code, w.Body.String()
}

func TestAlive(t *testing.T) {
	if status, text := answer(Alive()); status != 200 || text != "ok\n" {
		t.Errorf("%d %q", status, text)
	}
}

// Every check has its line; why one failed is told to the log alone.
func TestReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		var wrong error
		h := Ready(d.log(), Check{"database", func(context.Context) error { return nil }}, Check{"keys", func(context.Context) error { return wrong }})
		if status, text := answer(h); status != 200 || text != "database ok\nkeys ok\n" {
			t.Errorf("%d %q", status, text)
		}
		wrong = errors.New("/secret/path is gone")
		if status, _ := answer(h); status != 200 {
			t.Error("what was found a moment ago was found anew")
		}
		time.Sleep(fresh)
		if status, text := answer(h); status != 503 || text != "database ok\nkeys failed\n" {
			t.Errorf("%d %q", status, text)
		}
		if l := d.lines(t); len(l) != 1 || l[0]["check"] != "keys" || !strings.Contains(l[0]["error"].(string), "/secret/path") {
			t.Errorf("%v", l)
		}
		if status, text := answer(Ready(d.log())); status != 200 || text != "" {
			t.Errorf("without checks: %d %q", status, text)
		}
	})
}

// A check that hangs, whatever it is told, holds up nobody for longer than its time, is not
// started again meanwhile, and counts again when it is back.
func TestReadyWithACheckThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := make(chan error)
		var started atomic.Int32
		h := Ready((&diary{}).log(), Check{"disk", func(context.Context) error { started.Add(1); return <-back }}, Check{"database", func(context.Context) error { return nil }})
		for range 3 {
			begin := time.Now()
			if status, text := answer(h); status != 503 || text != "disk failed\ndatabase ok\n" || time.Since(begin) != patience {
				t.Errorf("%d %q after %v", status, text, time.Since(begin))
			}
			time.Sleep(fresh)
		}
		if n := started.Load(); n != 1 {
			t.Errorf("it was started %d times", n)
		}
		go func() { back <- nil }()
		synctest.Wait()
		if status, _ := answer(h); status != 200 {
			t.Error("it is back, and still not ready")
		}
	})
}

// Many who ask at once have everything tried once, and one who goes away spoils nothing.
func TestReadyForManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries atomic.Int32
		h := Ready((&diary{}).log(), Check{"database", func(ctx context.Context) error {
			tries.Add(1)
			time.Sleep(time.Second)
			return ctx.Err()
		}})
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		var wait sync.WaitGroup
		for range 100 {
			wait.Go(func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil).WithContext(gone))
				if w.Code != 200 {
					t.Errorf("status %d", w.Code)
				}
			})
		}
		wait.Wait()
		if n := tries.Load(); n != 1 {
			t.Errorf("%d tries", n)
		}
	})
}

func TestDisk(t *testing.T) {
	dir := t.TempDir()
	c := Disk(dir)
	if err := c.Try(t.Context()); err != nil || c.Name != "disk" {
		t.Errorf("%s: %v", c.Name, err)
	}
	if left, err := os.ReadDir(dir); len(left) != 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
	if err := Disk(filepath.Join(dir, "none")).Try(t.Context()); err == nil {
		t.Error("a folder that is not there is ready")
	}
	full := "/proc/self" // a file system where nothing is free
	if _, err := os.Stat(full); err == nil {
		if err := Disk(full).Try(t.Context()); err == nil || !strings.Contains(err.Error(), "free") {
			t.Errorf("a full disk: %v", err)
		}
		if err := writable(full); err == nil {
			t.Error("what cannot be written to")
		}
	}
}
