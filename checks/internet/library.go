package internet

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/showwin/speedtest-go/speedtest"
)

// A test begins on fewConnections, and gets more while more of them move more
// bytes, up to mostConnections: on a line that loses packets each one carries only a part of what the line can.
// The number never depends on the computer's processor.
const (
	fewConnections  = 4
	mostConnections = 32
)

// unhooked undoes what importing the library does to every other user of
// http.DefaultClient: it puts itself in as the transport. This runs right after
// the library's own initialisation and before main, so that nothing ever sees
// it; undoing it later would be a data race. The library's New, which would do
// it again, is never called here.
var _ = unhook(http.DefaultClient)

// unhook takes the library out of c, and says whether it was in.
func unhook(c *http.Client) bool {
	if _, is := c.Transport.(*speedtest.Speedtest); !is {
		return false
	}
	c.Transport = nil
	return true
}

// newLibrary is a fresh library client that sends through doer and is driven by m.
func newLibrary(doer *http.Client, m speedtest.Manager) *speedtest.Speedtest {
	st := &speedtest.Speedtest{Manager: m}
	// A configuration replaces the transport of the client it finds: it gets one of its own to spoil.
	speedtest.WithDoer(&http.Client{})(st)
	speedtest.WithUserConfig(&speedtest.UserConfig{MaxConnections: mostConnections})(st)
	speedtest.WithDoer(doer)(st)
	return st
}

// newClient is an HTTP client that follows no redirects and sends through t.
func newClient(t http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// driver stands in for the library's manager. The library's own one runs its
// requests in a loop that neither a context nor an error ends. The driver takes
// the request from it and runs it itself, on as many connections as are asked for,
// until its context ends; the library's loop then gets nothing to do and ends.
type driver struct {
	*speedtest.DataManager
	ctx   context.Context
	block []byte // what uploads are made of
	more  chan int

	panicked atomic.Pointer[any]
}

// newDriver makes a driver that runs until ctx ends and uploads cuts of block.
func newDriver(ctx context.Context, block []byte) *driver {
	d := &driver{DataManager: speedtest.NewDataManager(), ctx: ctx, block: block, more: make(chan int)}
	d.SetCaptureTime(time.Millisecond) // the library's own loop ends at once
	return d
}

// RegisterDownloadHandler runs the library's download request until the context ends.
func (d *driver) RegisterDownloadHandler(fn func()) *speedtest.TestDirection {
	d.drive(fn)
	return d.DataManager.SetNThread(1).RegisterDownloadHandler(nap)
}

// RegisterUploadHandler runs the library's upload request until the context ends.
func (d *driver) RegisterUploadHandler(fn func()) *speedtest.TestDirection {
	d.drive(fn)
	return d.DataManager.SetNThread(1).RegisterUploadHandler(nap)
}

// SetNThread keeps the manager itself: the number of connections is the driver's.
func (d *driver) SetNThread(int) speedtest.Manager { return d }

// NewChunk is where a request puts or takes its bytes.
func (d *driver) NewChunk() speedtest.Chunk { return &chunk{driver: d} }

// nap is what the library's own loop runs in the millisecond it lives.
func nap() { time.Sleep(time.Millisecond) }

// add asks for n connections more.
func (d *driver) add(n int) {
	select {
	case d.more <- n:
	case <-d.ctx.Done():
	}
}

// drive runs fn on every connection until the context ends, and waits for all.
// A panic is handed on to the caller, once the others have ended.
func (d *driver) drive(fn func()) {
	var all sync.WaitGroup
	failed, fail := context.WithCancel(d.ctx)
	defer fail()
	begin := func(n int) {
		for range n {
			all.Go(func() {
				defer func() {
					if v := recover(); v != nil {
						d.panicked.CompareAndSwap(nil, &v)
						fail()
					}
				}()
				d.repeat(fn)
			})
		}
	}
	begin(fewConnections)
	for failed.Err() == nil {
		select {
		case n := <-d.more:
			begin(n)
		case <-failed.Done():
		}
	}
	all.Wait()
	if v := d.panicked.Load(); v != nil {
		panic(*v)
	}
}

// repeat runs fn until the context ends. The library does not say whether a
// request failed: one that took no time did, and gets a pause after it.
func (d *driver) repeat(fn func()) {
	const impossible, pause = time.Millisecond, 50 * time.Millisecond
	for d.ctx.Err() == nil && d.panicked.Load() == nil {
		began := time.Now()
		fn()
		if time.Since(began) < impossible {
			sleep(d.ctx, pause)
		}
	}
}

// sleep waits for that long or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// chunk is the body of one request. The library's own would send one byte value
// over and over, which a compressing line carries for nothing.
type chunk struct {
	driver *driver
	left   int64
	at     int
}

// UploadHandler makes it a body of that many bytes.
func (c *chunk) UploadHandler(size int64) speedtest.Chunk {
	c.left = size
	return c
}

// DownloadHandler reads an answer to its end.
func (c *chunk) DownloadHandler(r io.Reader) error {
	buf := make([]byte, 64<<10)
	for {
		if _, err := r.Read(buf); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Read gives the next bytes of an upload.
func (c *chunk) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(int64(len(b)), c.left)], c.driver.block[c.at:])
	c.at = (c.at + n) % len(c.driver.block)
	c.left -= int64(n)
	return n, nil
}

// GetRate is nothing: the transport counts.
func (c *chunk) GetRate() float64 { return 0 }

// GetDuration is nothing: the transport counts.
func (c *chunk) GetDuration() time.Duration { return 0 }

// GetParent is the driver.
func (c *chunk) GetParent() speedtest.Manager { return c.driver }
