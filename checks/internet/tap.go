package internet

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"linecheck/checks/internal/rate"
	"linecheck/report/exchange"
	"linecheck/report/strict"
)

// smallest is the least a download may be, in bytes, where the far end says how
// much it sends: a portal's page is not a measurement.
const smallest = 100_000

// fileSize is what one download is taken to bring, in bytes: the library asks
// for random1000x1000.jpg. It is taken from the budget when it is asked for,
// because it comes whether we read it or not.
const fileSize = 2_000_000

// errSpent: the test has moved all the bytes it may.
var errSpent = errors.New("the byte budget is spent")

// foreign is the error for an answer that is not of a speed-test server.
func foreign(status int, message string) error {
	return &exchange.Error{Code: "server.answer", Message: message, Status: status}
}

// tap is the transport of one direction of a test. It counts what the bodies
// move, stops at the byte budget, looks at every answer, and remembers what went
// wrong: the library keeps none of that.
type tap struct {
	base   http.RoundTripper
	budget *budget
	count  rate.Counter // bodies
	net    *sockets     // which count what a download brings, from its first byte on

	mu       sync.Mutex
	fatal    error // an answer that makes going on senseless
	last     error // the last trouble of one connection
	lastAt   time.Time
	failures int // since the last request that went well
}

// budget is how many bytes may still move.
type budget struct{ left atomic.Int64 }

// take takes up to n bytes; less, or nothing, where less is left.
func (b *budget) take(n int) int {
	left := b.left.Add(-int64(n))
	return max(0, n+int(min(0, left)))
}

func (b *budget) spent() bool { return b.left.Load() <= 0 }

// RoundTrip sends one request and judges its answer.
func (t *tap) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil && req.Body != http.NoBody {
		req = req.WithContext(req.Context()) // a copy: the caller's request stays as it is
		req.Body = &outgoing{ReadCloser: req.Body, tap: t}
	}
	prepaid := 0
	if req.Method == http.MethodGet {
		if prepaid = t.budget.take(fileSize); prepaid < fileSize {
			return nil, errSpent
		}
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		t.budget.left.Add(int64(prepaid))
		t.note(req.Context(), err)
		return nil, err
	}
	if err := judge(req, resp); err != nil {
		_ = resp.Body.Close()
		t.fail(err)
		return nil, err
	}
	resp.Body = &incoming{ReadCloser: resp.Body, tap: t, ctx: req.Context(), prepaid: prepaid}
	return resp, nil
}

// fail remembers the first answer that makes going on senseless.
func (t *tap) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fatal == nil {
		t.fatal = err
	}
}

// note remembers the trouble of one connection; what we stopped ourselves is none.
func (t *tap) note(ctx context.Context, err error) {
	if ctx.Err() != nil || errors.Is(err, errSpent) || errors.Is(err, errCut) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last, t.lastAt = err, time.Now()
	t.failures++
}

// success is told of every request that went well.
func (t *tap) success() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = 0
}

// trouble is what went wrong: for good, or on one connection since that time. So
// many requests in a row must have failed for their trouble to be for good.
func (t *tap) trouble(since time.Time, hopeless int) (fatal, last error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lastAt.After(since) {
		last = t.last
	}
	if t.fatal == nil && t.failures >= hopeless {
		return t.last, last
	}
	return t.fatal, last
}

// outgoing is an upload's body: what the connection takes is counted.
type outgoing struct {
	io.ReadCloser
	tap *tap
}

// Read hands out no more than the budget has.
func (o *outgoing) Read(b []byte) (int, error) {
	n := o.tap.budget.take(len(b))
	if n == 0 {
		return 0, errSpent
	}
	got, err := o.ReadCloser.Read(b[:n])
	o.tap.budget.left.Add(int64(n - got))
	o.tap.count.Add(got, time.Now())
	return got, err
}

// incoming is an answer's body. That of a download is counted; what it brings
// beyond the size that was taken from the budget for it is taken as it comes.
type incoming struct {
	io.ReadCloser
	tap     *tap
	ctx     context.Context
	prepaid int // 0 for the answer to an upload
	got     int
}

// Read ends where the budget does.
func (i *incoming) Read(b []byte) (int, error) {
	n, err := i.ReadCloser.Read(b)
	switch {
	case err == io.EOF:
		i.tap.success()
	case err != nil:
		i.tap.note(i.ctx, err)
	}
	if i.prepaid == 0 {
		return n, err
	}
	if n > 0 {
		i.tap.net.counting.Store(true)
	}
	i.tap.count.Add(n, time.Now())
	if i.got += n; i.got > i.prepaid && i.tap.budget.take(n) < n {
		return n, errSpent
	}
	return n, err
}

// judge says what is wrong with an answer: the library would take any for a success.
func judge(req *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return refusal(resp)
	}
	if req.Method != http.MethodGet {
		return nil
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return foreign(resp.StatusCode, "a web page came instead of test data")
	}
	if strings.HasSuffix(req.URL.Path, ".jpg") && resp.ContentLength >= 0 && resp.ContentLength < smallest {
		return foreign(resp.StatusCode, "an answer too short for test data")
	}
	return nil
}

// refusal reads why the server said no; what is not our server's word has no code of its own.
func refusal(resp *http.Response) error {
	const limit = 4 << 10
	said := exchange.Error{}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil || strict.Decode(data, limit, &said) != nil || said.Code == "" {
		return foreign(resp.StatusCode, "the answer was HTTP status "+resp.Status)
	}
	said.Status = resp.StatusCode
	return &said
}
