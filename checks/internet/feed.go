package internet

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"time"

	"linecheck/checks/internal/rate"
)

// feed follows how much of an upload has arrived, as the probe tells it while
// it goes on. What a program hands to its own system says nothing on a slow line.
type feed struct {
	net   *sockets
	count rate.Counter
	ended chan struct{}
}

// follow begins to listen; end it with close.
func follow(ctx context.Context, far target) *feed {
	f := &feed{net: newSockets(), ended: make(chan struct{})}
	client := newClient(f.net.tune(far.transport()))
	go func() {
		defer close(f.ended)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, far.file("received"), nil)
		if err != nil {
			return
		}
		resp, err := client.Do(req)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		if judge(req, resp) == nil {
			f.read(resp)
		}
	}()
	return f
}

func (f *feed) read(resp *http.Response) {
	var before int64
	last := time.Now()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil || n < before {
			return
		}
		now := time.Now()
		f.count.AddOver(int(n-before), last, now)
		before, last = n, now
	}
}

func (f *feed) close() {
	f.net.end()
	<-f.ended
}
