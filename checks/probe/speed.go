package probe

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

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
	looked time.Time // when the other sessions were last counted; guarded by the account
}

// moved counts n bytes of one direction, for the session's cap and for the account.
func (p *Probe) moved(s *session, a *account, f *flow, n int) {
	if n < 1 {
		return
	}
	now := time.Now()
	s.moved.Add(int64(n))
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
	p.send(s, w, size)
}

// send writes size random bytes, until the applicant goes or the session is spent.
func (p *Probe) send(s *session, w http.ResponseWriter, size int) {
	a := s.account(speedCheck)
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
	got, err := p.receive(s, http.MaxBytesReader(w, r.Body, maxUpload))
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

func tooLarge(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	Refuse(w, http.StatusRequestEntityTooLarge, "upload.large", "the upload is larger than one request may be")
}

// receive counts body as it arrives; err is nil at its end.
func (p *Probe) receive(s *session, body io.Reader) (got int64, err error) {
	a := s.account(speedCheck)
	buf := p.speed.buffer()
	defer p.speed.buffers.Put(buf)
	for s.moved.Load() < maxMoved {
		n, err := body.Read(*buf)
		got += int64(n)
		p.moved(s, a, &a.upload, n)
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
	}
	return got, nil
}

// fillSpeed writes what was seen of a speed test. Nothing is written of a direction that never moved.
// The caller holds the account's lock.
func (a *account) fillSpeed(o *report.Observation, add func(key string, v float64, unit string, samples int)) {
	if e, ok := a.upload.Estimate(); ok {
		add("internet.upload.mbps", e.Mbps, "Mbit/s", e.Bins)
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
	}
}
