package network

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"linecheck/checks/internal/address"
	"linecheck/checks/internal/stats"
)

// The values of the fact dns: how names are found.
const (
	dnsWorks  = "works"
	dnsSlow   = "slow"
	dnsBroken = "broken" // no name is found: the resolver is silent, refuses, or fails
	dnsName   = "name"   // other names are found, the server's is not
	dnsLies   = "lies"   // a name that cannot exist is found
	dnsNone   = "none"   // the server's address needs no name
)

const (
	// slowName is from when on a look-up is slow, in milliseconds: a page of a web
	// program asks for some ten names, and people notice a second.
	slowName = 300.0
	// nameAsks is how often a name is looked up. Some resolvers answer from memory the second time.
	nameAsks = 3
)

// names is what was found out about names.
type names struct {
	state string
	ips   []netip.Addr // of the server
	took  []float64    // of each look-up that was answered, in milliseconds
}

// lookUp finds the server's addresses and says how names are found at all.
func lookUp(ctx context.Context, host string) (n names) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return names{state: dnsNone, ips: []netip.Addr{ip.Unmap()}}
	}
	var invented []netip.Addr
	var lies sync.WaitGroup
	lies.Go(func() { invented, _ = address.Lookup(ctx, strings.ToLower(rand.Text())+".invalid.") })
	var err error
	for range nameAsks {
		begin := time.Now()
		var ips []netip.Addr
		if ips, err = address.Lookup(ctx, host); err == nil {
			n.ips = ips
		}
		if err == nil || answered(err) {
			n.took = append(n.took, ms(time.Since(begin)))
		}
		if isSilent(err) {
			break // each more would wait as long
		}
	}
	lies.Wait()
	switch {
	case len(invented) > 0:
		n.state = dnsLies
	case len(n.ips) == 0 && answered(err) && knowsOthers(ctx):
		n.state = dnsName
	case len(n.ips) == 0:
		n.state = dnsBroken
	default:
		n.state = dnsWorks
	}
	return n
}

// heldAgainst says how names are found on a line on which a connection takes so long:
// a question to the resolver takes as long there, and that is no fault of its own.
func (n names) heldAgainst(line time.Duration) string {
	if n.state == dnsWorks && len(n.took) > 0 && slices.Max(n.took) > slowName+ms(line) {
		return dnsSlow
	}
	return n.state
}

// typical is how long a look-up took, in milliseconds: the slowest of a few is the one
// that a person waits for, the others come from the resolver's memory.
func (n names) typical() float64 {
	if slowest := slices.Max(n.took); slowest > slowName {
		return slowest
	}
	return stats.Median(n.took)
}

// answered says whether the resolver answered that there is no such name.
func answered(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

func isSilent(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsTimeout
}

// knowsOthers says whether the resolver knows who is in charge of a part of the
// name space that everybody has.
func knowsOthers(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	list, err := net.DefaultResolver.LookupNS(limited, "com.")
	return err == nil && len(list) > 0
}

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
