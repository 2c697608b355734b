package internet

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"slices"
	"time"

	"github.com/showwin/speedtest-go/speedtest"

	"linecheck/checks/internal/rate"
)

const (
	// tick is how often a running test is looked at.
	tick = 50 * time.Millisecond
	// lame is how long nothing may move once a connection has failed.
	lame = time.Second
	// A direction does not end in a silence of that length, but only once bytes have moved
	// again for so long: a line that was away for a moment is seen on both sides of it.
	silence, afterSilence = 400 * time.Millisecond, time.Second
	// Over longRTT a direction gets longWays round trips' excess more time: there
	// connections take longer to find their speed.
	longRTT  = 120 * time.Millisecond
	longWays = 10
	// hopeless is how many requests may fail in a row, on every connection.
	hopeless = 3
	// blockSize is the random block that uploads are cut from, in bytes.
	blockSize = 1 << 20
)

// direction is one half of the test: connections that download, or upload.
type direction struct {
	far    target
	up     bool
	length time.Duration // from the first byte on
	tap    *tap
	net    *sockets
	// beside are the connections of the latency samples, whose life is the line's.
	beside *sockets
	// pace decides on the number of connections and on the end.
	pace *pace
	// waiting says how long packets wait at the line at least, of late; ok is false where nobody knows.
	waiting func(of time.Duration) (wait time.Duration, ok bool)
	// resumed says when the line last came back from being away; the zero time where nobody knows.
	resumed func() time.Time
	silent  time.Time // when the direction was last silent
	// feed is what the probe says of an upload; nil for a download, and where nobody says.
	feed *feed
	// spent says that the byte budget ended it. What was under way when it ended is
	// given back to the budget, which so no longer tells.
	spent bool
}

func newDirection(far target, up bool, length time.Duration, bytes int64, rtt time.Duration, beside *sockets) *direction {
	net := newSockets()
	length += max(0, longWays*(rtt-longRTT))
	d := &direction{far: far, up: up, length: length, net: net, tap: &tap{budget: &budget{}, net: net}, beside: beside, pace: newPace(rtt)}
	d.tap.budget.left.Store(bytes)
	if up {
		d.net.congestion = "reno"
	}
	d.tap.base = d.net.tune(far.transport())
	return d
}

// run moves bytes until the time is over or the budget spent (nil), it fails, or
// ctx ends. It calls each with the time some twenty times a second. When it
// returns, every connection is closed and nothing of it runs any more.
func (d *direction) run(ctx context.Context, each func(time.Time)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if d.up && d.far.session != nil {
		d.feed = follow(ctx, d.far)
		defer d.feed.close()
	}
	block := make([]byte, blockSize)
	_, _ = rand.Read(block) // never fails
	drive := newDriver(ctx, block)
	ended := make(chan error, 1)
	go func() {
		err := d.watch(ctx, drive, each)
		d.net.end()
		cancel()
		ended <- err
	}()
	defer d.net.end()
	d.move(ctx, drive)
	cancel()
	return <-ended
}

// move lets the library make its requests until ctx ends.
func (d *direction) move(ctx context.Context, drive *driver) {
	st := newLibrary(newClient(d.tap), drive)
	server := &speedtest.Server{URL: d.far.url, Context: st}
	if d.up {
		_ = server.UploadTestContext(ctx) // always nil
		return
	}
	_ = server.DownloadTestContext(ctx) // always nil
}

// count is what counts: bytes below TLS as they arrive here, or at the probe.
func (d *direction) count() *rate.Counter {
	switch {
	case !d.up && d.net.packets.Total() > 0:
		return &d.net.packets
	case !d.up:
		return &d.net.count
	case d.feed != nil && d.feed.count.Total() > 0:
		return &d.feed.count
	default:
		return &d.tap.count
	}
}

// watch decides when it is over, and when more connections are needed.
func (d *direction) watch(ctx context.Context, drive *driver, each func(time.Time)) error {
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
		d.net.look(now)
		if over, err := d.over(begin, now); over {
			return err
		}
		if n := d.pace.more(d.count(), now, d.waiting); n > 0 {
			drive.add(n)
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
	seen := last
	if _, at := d.count().Span(); !at.IsZero() {
		seen = at
	}
	if now.Sub(seen) >= silence {
		d.silent = now
	}
	fatal, trouble := d.tap.trouble(last, hopeless*d.pace.conns)
	switch {
	case fatal != nil:
		return true, fatal
	case d.tap.budget.spent():
		d.spent = true
		return true, nil
	case moved && now.Sub(d.silent) >= afterSilence && (now.Sub(first) >= d.length || d.pace.enough(d.count(), now)):
		return true, nil
	case trouble != nil && now.Sub(last) >= lame && !(moved && timedOut(trouble)):
		return true, trouble
	case now.Sub(d.lastLife(last)) >= patience:
		return true, errStalled
	case now.Sub(begin) >= d.length+2*patience:
		if moved {
			return true, nil
		}
		return true, errStalled
	default:
		return false, nil
	}
}

// timedOut says whether err is that of a wait that was too long: on a line on which
// bytes have moved it is the line that stopped, whatever was waited for.
func timedOut(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// lastLife is when something last moved, or the line came back. Uploads are counted
// when the system takes them: on a slow line that is rare, so answers count as life as well.
func (d *direction) lastLife(last time.Time) time.Time {
	lives := []time.Time{last}
	if d.resumed != nil {
		lives = append(lives, d.resumed())
	}
	if d.up {
		lives = append(lives, d.net.arrived.get(), d.beside.arrived.get())
	}
	return slices.MaxFunc(lives, time.Time.Compare)
}
