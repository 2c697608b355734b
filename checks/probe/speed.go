package probe

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"linecheck/checks/internal/load"
	"linecheck/checks/internal/rate"
	"linecheck/report"
)

const (
	// speedCheck is the check that the speed test belongs to.
	speedCheck = "internet.speed"
	// blockSize is the random block that every download is cut from, in bytes.
	blockSize = 1 << 20
	// chunkSize is how much is written or read at a time, in bytes.
	chunkSize = 64 << 10
	// maxSide bounds N of randomNxN.jpg, as public servers do.
	maxSide = 4000
	// maxUpload bounds one upload, in bytes.
	maxUpload = 32 << 20
	// maxMoved bounds what one session moves, both directions together, in bytes.
	maxMoved = 4 << 30
	// requestLife is how long one request may take, however slow its line.
	requestLife = time.Minute
	// lookAround is how often a running transfer counts the other sessions.
	lookAround = 250 * time.Millisecond
)

// speed is what all speed tests share: the random block and buffers to read into.
type speed struct {
	once    sync.Once
	block   []byte
	buffers sync.Pool
}

// source is the random block. It cannot be compressed on its way.
func (s *speed) source() []byte {
	s.once.Do(func() {
		s.block = make([]byte, blockSize)
		_, _ = rand.Read(s.block) // never fails
	})
	return s.block
}

func (s *speed) buffer() *[]byte {
	if b, ok := s.buffers.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, chunkSize)
	return &b
}

// flow counts one direction of a speed test.
type flow struct {
	rate.Counter
	watch  watch
	looked time.Time // when the other sessions were last counted; guarded by the account
}

// counted is what the direction's speed is taken from: the system's own account
// of the packets, where it gives one, else the bytes as the program moved them.
func (f *flow) counted() *rate.Counter {
	if f.watch.count.Total() > 0 {
		return &f.watch.count
	}
	return &f.Counter
}

// moved counts n bytes of one direction, for the session's cap and for the account.
func (p *Probe) moved(s *session, a *account, f *flow, n int) {
	if n < 1 {
		return
	}
	now := time.Now()
	s.moved.Add(int64(n))
	p.total.Add(int64(n))
	f.Add(n, now)
	a.mu.Lock()
	a.last = now
	due := now.Sub(f.looked) >= lookAround
	if due {
		f.looked = now
	}
	a.mu.Unlock()
	if !due {
		return
	}
	others := p.busy(s) // takes the locks of other accounts: never called under one
	a.mu.Lock()
	a.busiest = max(a.busiest, others)
	a.mu.Unlock()
}

// spent refuses a session that has moved all it may.
func spent(s *session, w http.ResponseWriter) bool {
	if s.moved.Load() < maxMoved {
		return false
	}
	w.Header().Set("Connection", "close")
	Refuse(w, http.StatusTooManyRequests, "session.spent", "this measuring session has moved all the bytes it may")
	return true
}

// limitTime ends the request after its life, whoever is slow.
func limitTime(w http.ResponseWriter) {
	c := http.NewResponseController(w)
	end := time.Now().Add(requestLife)
	_ = c.SetReadDeadline(end)
	_ = c.SetWriteDeadline(end)
}

// download answers latency.txt and randomNxN.jpg.
func (p *Probe) download(s *session, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	file := r.PathValue("file")
	if file == "latency.txt" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "test=test\n")
		return
	}
	size, ok := sizeOf(file)
	if !ok {
		Refuse(w, http.StatusNotFound, "file.unknown", "there is no such file to download")
		return
	}
	if spent(s, w) {
		return
	}
	w.Header().Set("Content-Type", "image/jpeg") // what public servers say of the same name
	w.Header().Set("Content-Length", strconv.Itoa(size))
	if r.Method == http.MethodHead {
		return
	}
	limitTime(w)
	a := s.account(speedCheck)
	defer a.download.watch.begin(connOf(r))()
	p.send(s, a, w, size)
}

// send writes size random bytes, until the applicant goes or the session is spent.
func (p *Probe) send(s *session, a *account, w http.ResponseWriter, size int) {
	block := p.speed.source()
	for at := 0; size > 0 && s.moved.Load() < maxMoved; at = (at + chunkSize) % blockSize {
		n, err := w.Write(block[at : at+min(chunkSize, size)])
		size -= n
		p.moved(s, a, &a.download, n)
		if err != nil {
			return
		}
	}
}

// sizeOf is the size in bytes of randomNxN.jpg: 2 N², close to what public servers send.
func sizeOf(file string) (int, bool) {
	var side, again int
	if _, err := fmt.Sscanf(file, "random%dx%d.jpg", &side, &again); err != nil {
		return 0, false
	}
	if side != again || side < 1 || side > maxSide || file != fmt.Sprintf("random%dx%d.jpg", side, side) {
		return 0, false
	}
	return 2 * side * side, true
}

// upload reads what the applicant sends and says how much it was.
func (p *Probe) upload(s *session, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if spent(s, w) {
		return
	}
	if r.ContentLength > maxUpload {
		tooLarge(w)
		return
	}
	limitTime(w)
	got, err := p.receive(s, connOf(r), http.MaxBytesReader(w, r.Body, maxUpload))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		tooLarge(w)
	case err != nil:
		// the applicant went or was too slow: nobody is there to answer
	case spent(s, w):
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "size=%d\n", got)
	}
}

// received streams how many bytes of the upload have arrived so far, a decimal a
// line ten times a second: by this the applicant's program knows when to stop.
func (p *Probe) received(s *session, w http.ResponseWriter, r *http.Request) {
	limitTime(w)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	t := time.NewTicker(2 * rate.Bin)
	defer t.Stop()
	for {
		if _, err := fmt.Fprintf(w, "%d\n", s.account(speedCheck).upload.counted().Total()); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-t.C:
		}
	}
}

func tooLarge(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	Refuse(w, http.StatusRequestEntityTooLarge, "upload.large", "the upload is larger than one request may be")
}

// receive counts body as it arrives; err is nil at its end. Where the
// connection is known its bytes are counted below TLS, as they come in: a TLS
// record is only readable when all of it is there.
func (p *Probe) receive(s *session, c *conn, body io.Reader) (got int64, err error) {
	a := s.account(speedCheck)
	defer a.upload.watch.begin(c)()
	count := func(n int) { p.moved(s, a, &a.upload, n) }
	if c != nil {
		below := count
		c.arrived.Store(&below)
		count = func(int) {}
	}
	buf := p.speed.buffer()
	defer p.speed.buffers.Put(buf)
	for s.moved.Load() < maxMoved {
		n, err := body.Read(*buf)
		got += int64(n)
		count(n)
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
	}
	return got, nil
}

// addTrace writes the speed over time into an observation.
func addTrace(o *report.Observation, key string, c *rate.Counter) {
	at, speed := c.Trace(2 * rate.Bin)
	if s, ok := report.NewSeries(key, "Mbit/s", report.Server, at, speed); ok {
		o.Series = append(o.Series, s)
	}
}

// fillSpeed writes what was seen of a speed test. Nothing is written of a direction that never moved.
// The caller holds the account's lock.
func (a *account) fillSpeed(o *report.Observation, add func(key string, v float64, unit string, samples int)) {
	if e, ok := a.upload.counted().Estimate(); ok {
		e.Each("upload", add)
		o.Facts["steady.upload"] = report.YesNo(e.Steady)
		addTrace(o, "internet.upload.mbps", a.upload.counted())
	}
	if e, ok := a.download.watch.count.Estimate(); ok {
		add("internet.download.acked.mbps", e.Mbps, "Mbit/s", e.Bins)
	}
	kinds, rtt := a.download.watch.seen()
	if rtt > 0 {
		add("internet.latency.least.ms", float64(rtt)/float64(time.Millisecond), "ms", 0)
	}
	if kinds != "" {
		o.Facts["congestion"] = kinds
	}
	up, down := a.upload.Total(), a.download.Total()
	if up > 0 {
		add("internet.moved.upload.bytes", float64(up), "bytes", 0)
	}
	if down > 0 {
		add("internet.moved.download.bytes", float64(down), "bytes", 0)
	}
	if up+down > 0 {
		o.Facts["busy"] = strconv.Itoa(a.busiest)
		if share, ok := load.Now(context.Background()).Since(a.work); ok {
			add("internet.server.load.ratio", share, "ratio", 0)
		}
	}
}
