package internet

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// When a test is over, decided on counters and times alone.
func TestDirectionOver(t *testing.T) {
	begin := time.Now()
	at := func(s float64) time.Time { return begin.Add(time.Duration(s * float64(time.Second))) }
	reset, page := errors.New("reset"), foreign(200, "page")
	tests := []struct {
		name    string
		up      bool
		moved   []float64 // seconds at which bytes moved
		answer  float64   // when the latency samples' connection last answered
		failed  float64   // when a connection failed; 0 never
		fatal   error
		spent   bool
		now     float64
		over    bool
		because error
	}{
		{name: "running", moved: []float64{0.1, 1, 2}, now: 2.1},
		{name: "time is over, counted from the first byte", moved: []float64{0.6, 4}, now: 4.2, over: true},
		{name: "not yet, counted from the first byte", moved: []float64{0.6, 4}, now: 4},
		{name: "budget", moved: []float64{0.1, 0.5}, spent: true, now: 0.5, over: true},
		{name: "a page", moved: []float64{0.1, 0.5}, fatal: page, spent: true, now: 0.5, over: true, because: page},
		{name: "one connection fails, others move", moved: []float64{0.1, 1, 2}, failed: 1.5, now: 2.4},
		{name: "all fail", moved: []float64{0.1, 1}, failed: 1.2, now: 2.1, over: true, because: reset},
		{name: "silent but patient", moved: []float64{0.1, 1}, now: 3.4},
		{name: "silent too long", moved: []float64{0.1, 0.5}, now: 3.05, over: true, because: errStalled},
		{name: "a silence is not the end", moved: []float64{0.1, 3.2}, now: 3.7},
		{name: "never a byte", now: 2.6, over: true, because: errStalled},
		{name: "answers are no life for a download", moved: []float64{0.1, 0.5}, answer: 3, now: 3.05, over: true, because: errStalled},
		{name: "answers are life for an upload", up: true, moved: []float64{0.1, 0.5}, answer: 3, now: 3.05},
		{name: "answers are not life for ever", up: true, answer: 8.5, now: 8.6, over: true, because: errStalled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			beside := newSockets()
			defer beside.end()
			far := target{url: "http://far.example/speedtest/upload.php", transport: publicTransport}
			d := newDirection(far, tt.up, 3500*time.Millisecond, 1000, 20*time.Millisecond, beside)
			defer d.net.end()
			for _, s := range tt.moved {
				d.tap.count.Add(10, at(s))
			}
			if tt.answer > 0 {
				beside.arrived.at = at(tt.answer)
			}
			if tt.failed > 0 {
				d.tap.last, d.tap.lastAt = reset, at(tt.failed)
			}
			d.tap.fatal = tt.fatal
			if tt.spent {
				d.tap.budget.take(1000)
			}
			if over, err := d.over(begin, at(tt.now)); over != tt.over || !errors.Is(err, tt.because) {
				t.Errorf("over = %v, %v; want %v, %v", over, err, tt.over, tt.because)
			}
		})
	}
}

func TestBudgetIsNeverOverdrawn(t *testing.T) {
	var b budget
	b.left.Store(1_000_003)
	var all sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for range 8 {
		all.Go(func() {
			for !b.spent() {
				n := b.take(1000)
				mu.Lock()
				total += n
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if total != 1_000_003 {
		t.Errorf("%d bytes taken of 1000003", total)
	}
	if b.take(1) != 0 {
		t.Error("a spent budget gives more")
	}
}

func TestHopelessTrouble(t *testing.T) {
	const most = 12
	tp := &tap{budget: &budget{}}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 * most { // what we ended ourselves is no trouble
		tp.note(gone, errors.New("x"))
		tp.note(t.Context(), errSpent)
		tp.note(t.Context(), errCut)
	}
	for range most - 1 {
		tp.note(t.Context(), io.ErrUnexpectedEOF)
	}
	tp.success()
	tp.note(t.Context(), io.ErrUnexpectedEOF)
	if fatal, last := tp.trouble(time.Time{}, most); fatal != nil || last == nil {
		t.Errorf("fatal %v, last %v; want trouble but hope", fatal, last)
	}
	for range most {
		tp.note(t.Context(), io.ErrUnexpectedEOF)
	}
	if fatal, _ := tp.trouble(time.Time{}, most); fatal == nil {
		t.Error("twelve failures in a row are not the end")
	}
}

func TestJitter(t *testing.T) {
	if got := jitter([]float64{10, 14, 12, 12}); math.Abs(got-2/movingRange) > 1e-9 {
		t.Errorf("jitter = %v, want (4 + 2 + 0) / 3", got)
	}
	if got := jitter([]float64{10}); !math.IsNaN(got) {
		t.Errorf("jitter of one sample = %v", got)
	}
}

// A panic of the library on one connection ends the others and reaches the caller.
func TestDriverHandsPanicsOn(t *testing.T) {
	noLeaks(t)
	d := newDriver(t.Context(), nil)
	defer func() {
		if v := recover(); v != "broken" {
			t.Errorf("recovered %v", v)
		}
	}()
	d.RegisterDownloadHandler(func() { panic("broken") })
	t.Error("no panic")
}

func TestChunkCutsUploadsFromTheBlock(t *testing.T) {
	block := []byte(strings.Repeat("0123456789", 10))
	c := newDriver(t.Context(), block).NewChunk().UploadHandler(250)
	got, err := io.ReadAll(c)
	if err != nil || string(got) != strings.Repeat(string(block), 3)[:250] {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestTargetFile(t *testing.T) {
	far := target{url: "https://jobs.example/v1/sessions/abc/speedtest/upload.php"}
	if got := far.file("latency.txt"); got != "https://jobs.example/v1/sessions/abc/speedtest/latency.txt" {
		t.Error(got)
	}
	if _, err := http.NewRequest("GET", target{url: "::"}.file("x"), nil); err == nil {
		t.Error("an address that is none was accepted")
	}
}
