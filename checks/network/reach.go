package network

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"linecheck/checks/internal/address"
	"linecheck/checks/internal/wire"
)

// The values of the facts ipv4, ipv6 and port.<number>: what became of a connection.
const (
	open     = "works"
	rejected = "rejected" // somebody on the way, or at the end, says no
	dropped  = "dropped"  // nothing comes back
	noRoute  = "no-route" // the computer knows no way
	unserved = "unserved" // the server has no address of this family
)

// knockPatience is when a connection that does not come about is given up: long
// enough for one lost packet, which is sent again after a second (RFC 6298).
const knockPatience = 2500 * time.Millisecond

// knock tries a TCP connection to an address, and says how long it took.
func knock(ctx context.Context, to netip.AddrPort) (state string, took time.Duration) {
	limited, cancel := context.WithTimeout(ctx, knockPatience)
	defer cancel()
	begin := time.Now()
	var d net.Dialer
	conn, err := d.DialContext(limited, "tcp", to.String())
	took = time.Since(begin)
	if err == nil {
		_ = conn.Close()
		return open, took
	}
	return became(err), took
}

func became(err error) string {
	switch {
	case wire.NoRoute(err):
		return noRoute
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return dropped
	case wire.Refused(err):
		return rejected
	default:
		return dropped
	}
}

// family is what was found out about one family of addresses.
type family struct {
	state string
	took  time.Duration
}

// families tries the server over each family of addresses, both at once, as
// browsers do (RFC 8305).
func families(ctx context.Context, ips []netip.Addr, port int) (v4, v6 family) {
	var both sync.WaitGroup
	for _, one := range []struct {
		to    *family
		six   bool
		known netip.Addr // an address somewhere of this family
	}{{&v4, false, somewhereIPv4()}, {&v6, true, address.SomewhereIPv6()}} {
		both.Go(func() {
			one.to.state = noRoute
			if _, err := address.Source(one.known); err == nil {
				one.to.state = unserved
			}
			for _, ip := range ips {
				if ip.Is4() == one.six {
					continue
				}
				one.to.state, one.to.took = knock(ctx, netip.AddrPortFrom(ip, uint16(port)))
				return
			}
		})
	}
	both.Wait()
	return v4, v6
}

// somewhereIPv4 is an address of the documentation (RFC 5737).
func somewhereIPv4() netip.Addr { return netip.MustParseAddr("192.0.2.1") }
