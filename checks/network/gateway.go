package network

import (
	"context"
	"net/netip"
	"runtime"
	"slices"
	"time"

	probing "github.com/prometheus-community/pro-bing"
)

const (
	// routerAsks pings go to the router, routerGap apart.
	routerAsks = 20
	routerGap  = 50 * time.Millisecond
	// routerPatience is when all of it ends.
	routerPatience = 2500 * time.Millisecond
)

// router is what pings to the nearest router showed: whether trouble is between
// this computer and it, or beyond.
type router struct {
	// sent and answered count pings. Many routers answer none.
	sent, answered int
	median         time.Duration
}

// askRouter pings the router. ok is false where the system lets this program send no pings.
func askRouter(ctx context.Context, at netip.Addr) (r router, ok bool) {
	if s, err := ping(ctx, at, runtime.GOOS == "windows"); err == nil {
		return countPings(s)
	}
	if runtime.GOOS != "linux" {
		return r, false
	}
	s, err := ping(ctx, at, true) // where no group may ping, the administrator may
	if err != nil {
		return r, false
	}
	return countPings(s)
}

// ping sends pings with a socket for raw packets, or with one that is for pings alone.
func ping(ctx context.Context, at netip.Addr, raw bool) (*probing.Statistics, error) {
	p := probing.New(at.String())
	p.Count, p.Interval, p.Timeout = routerAsks, routerGap, routerPatience
	p.SetLogger(probing.NoopLogger{})
	p.SetPrivileged(raw)
	err := p.RunWithContext(ctx)
	return p.Statistics(), err
}

func countPings(s *probing.Statistics) (router, bool) {
	return router{s.PacketsSent, s.PacketsRecv, medianOf(s.Rtts)}, s.PacketsSent > 0
}

func medianOf(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}
