package internet

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/showwin/speedtest-go/speedtest"
)

const (
	// tick is how often a running test is looked at.
	tick = 50 * time.Millisecond
	// lame is how long nothing may move once a connection has failed.
	lame = time.Second
	// blockSize is the random block that uploads are cut from, in bytes.
	blockSize = 1 << 20
)

// direction is one half of the test: six connections that download, or upload.
type direction struct {
	far    target
	up     bool
	length time.Duration // from the first byte on
	tap    *tap
	net    *sockets
	// beside are the connections of the latency samples, whose life is the line's.
	beside *sockets
	// spent says that the byte budget ended it. What was under way when it ended is
	// given back to the budget, which so no longer tells.
	spent bool
}

func newDirection(far target, up bool, length time.Duration, bytes int64, beside *sockets) *direction {
	d := &direction{far: far, up: up, length: length, net: newSockets(), tap: &tap{budget: &budget{}}, beside: beside}
	d.tap.budget.left.Store(bytes)
	d.tap.base = d.net.tune(far.transport())
	return d
}

// run moves bytes until the time is over or the budget spent (nil), it fails, or
// ctx ends. It calls each with the time some twenty times a second. When it
// returns, every connection is closed and nothing of it runs any more.
func (d *direction) run(ctx context.Context, each func(time.Time)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		err := d.watch(ctx, each)
		d.net.end()
		cancel()
		ended <- err
	}()
	defer d.net.end()
	d.move(ctx)
	cancel()
	return <-ended
}

// move lets the library make its requests until ctx ends.
func (d *direction) move(ctx context.Context) {
	block := make([]byte, blockSize)
	_, _ = rand.Read(block) // never fails
	st := newLibrary(newClient(d.tap), newDriver(ctx, block))
	server := &speedtest.Server{URL: d.far.url, Context: st}
	if d.up {
		_ = server.UploadTestContext(ctx) // always nil
		return
	}
	_ = server.DownloadTestContext(ctx) // always nil
}

// watch decides when it is over.
func (d *direction) watch(ctx context.Context, each func(time.Time)) error {
	t := time.NewTicker(tick)
	defer t.Stop()
	begin := time.Now()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
		now := time.Now()
		if over, err := d.over(begin, now); over {
			return err
		}
		each(now)
	}
}

// over says whether the test ends now, and why where it failed.
func (d *direction) over(begin, now time.Time) (bool, error) {
	first, last := d.tap.count.Span()
	moved := !first.IsZero()
	if !moved {
		first, last = begin, begin
	}
	fatal, trouble := d.tap.trouble(last)
	switch {
	case fatal != nil:
		return true, fatal
	case d.tap.budget.spent():
		d.spent = true
		return true, nil
	case moved && now.Sub(first) >= d.length:
		return true, nil
	case trouble != nil && now.Sub(last) >= lame:
		return true, trouble
	case now.Sub(d.lastLife(last)) >= patience:
		return true, errStalled
	case now.Sub(begin) >= d.length+patience:
		return true, errStalled
	default:
		return false, nil
	}
}

// lastLife is when something last moved. Uploads are counted when the system
// takes them: on a slow line that is rare, so answers count as life as well.
func (d *direction) lastLife(last time.Time) time.Time {
	if !d.up {
		return last
	}
	for _, s := range []*sockets{d.net, d.beside} {
		if at := s.arrived.get(); at.After(last) {
			last = at
		}
	}
	return last
}
