package network

import (
	"context"
	"net/netip"
	"time"
)

// The values of the fact packets: whether full packets pass.
const (
	packetsFull   = "full"   // as large as the interface sends them
	packetsSmall  = "small"  // only smaller ones, and the way says so
	packetsVanish = "vanish" // large ones are lost without a word
)

// overhead is what IPv4 and UDP put before a packet's content, in bytes; IPv6 puts 20 more.
const overhead = 28

// sizes are the packets that are tried, IP headers counted: what PPPoE leaves of an
// Ethernet frame, what VPNs and mobile networks leave, what IPv6 guarantees (RFC
// 8200, 5), and what calls send at most.
func sizes(mtu int) []int {
	out := []int{mtu}
	for _, n := range []int{1492, 1400, 1280, 1228} {
		if n < mtu {
			out = append(out, n)
		}
	}
	return out
}

const (
	sizeTries = 3                      // of each size, so that one that is lost is not missed
	sizeGap   = 15 * time.Millisecond  // between them
	sizeWait  = 900 * time.Millisecond // for the last answers
)

// largest finds the largest of the sizes that passes to a STUN server of ours and back,
// in bytes with IP headers, and whether the system was told of a smaller limit.
// It is 0 where none of them passes.
func largest(ctx context.Context, server netip.AddrPort, mtu int) (bytes int, told bool) {
	asker, err := newAsker(ctx, server)
	if err != nil {
		return 0, false
	}
	defer asker.close()
	keepWhole(asker.conn)
	head := overhead
	if server.Addr().Is6() {
		head += 20
	}
	tried := sizes(mtu)
	refused := make([]bool, len(tried))
	for range sizeTries {
		for i, n := range tried {
			if asker.ask(n-head) != nil { // the way has said that it is too long
				refused[i] = true
			}
			if !pause(ctx, sizeGap) {
				return 0, false
			}
		}
	}
	asker.wait(ctx, sizeWait)
	got := asker.answers(sizeTries * len(tried))
	for i, n := range tried {
		for round := range sizeTries {
			if got[round*len(tried)+i] {
				return n, i > 0 && refused[0]
			}
		}
	}
	return 0, refused[0]
}
