package webrtc

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/pion/webrtc/v3"

	"linecheck/checks"
	"linecheck/checks/internal/media"
	"linecheck/report"
	"linecheck/report/exchange"
)

// negotiate sends an offer and takes the answer.
func (c *call) negotiate(ctx context.Context, how *webrtc.OfferOptions) error {
	offer, err := c.offer(ctx, how)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	if c.name == "" { // a restart has its own limit
		limited, cancel = context.WithDeadline(limited, c.until)
		defer cancel()
	}
	var answer exchange.Echo
	err = again(limited, c.session, func() (err error) {
		answer, err = c.session.Echo(limited, exchange.Echo{SDP: offer, Call: c.name})
		return err
	})
	if err != nil {
		return problem(ctx, err)
	}
	c.name = answer.Call
	sdp, err := c.reachable(answer.SDP)
	if err != nil {
		return checks.Unavailable("webrtc."+codeAnswer, report.FaultServer, err)
	}
	if c.tunnel != nil && c.tunnel.permit != nil {
		if err := c.tunnel.permit(ctx, c.tunnel.peer); err != nil {
			return c.way.why(err)
		}
	}
	if err = c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return checks.Unavailable("webrtc."+codeAnswer, report.FaultServer, err)
	}
	return nil
}

// reachable is the answer with the addresses that the way leads to: those for
// UDP, of which a tunnel uses one.
func (c *call) reachable(sdp string) (string, error) {
	if c.tunnel == nil {
		return c.direct(sdp)
	}
	if !c.tunnel.peer.IsValid() {
		for _, at := range candidatesOf(sdp) {
			if at.Addr().Is4() == c.tunnel.overIPv4() {
				c.tunnel.peer = at
				break
			}
		}
	}
	if !c.tunnel.peer.IsValid() {
		return "", errNoEcho
	}
	return theseCandidates(sdp, c.tunnel.peer), nil
}

// direct is the answer with its addresses and with those by which this computer finds the server: a server behind a NAT
// may not know its own, and a network of IPv6 alone may lead to one of IPv4 by addresses of its making (NAT64).
func (c *call) direct(sdp string) (string, error) {
	all := candidatesOf(sdp)
	if len(all) > 0 {
		for _, ip := range c.far {
			if at := netip.AddrPortFrom(ip, all[0].Port()); !slices.Contains(all, at) {
				all = append(all, at)
			}
		}
	}
	all = slices.DeleteFunc(all, func(at netip.AddrPort) bool {
		return !slices.ContainsFunc(c.own, func(from netip.Addr) bool { return from.Is4() == at.Addr().Is4() })
	})
	if len(all) == 0 {
		return "", errNoEcho
	}
	return theseCandidates(sdp, all...), nil
}

// offer is the session description to send, without this computer's addresses:
// the echo answers where the packets come from, so they stay private.
func (c *call) offer(ctx context.Context, how *webrtc.OfferOptions) (string, error) {
	offer, err := c.pc.CreateOffer(how)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	limit := time.NewTimer(gatherLimit)
	defer limit.Stop()
	select {
	case <-gathered:
	case <-limit.C: // what there is by now has to do
	case <-ctx.Done():
		return "", ctx.Err()
	}
	local := c.pc.LocalDescription().SDP
	if !strings.Contains(local, "a=candidate:") {
		return "", checks.Unavailable("webrtc."+codeNoRoute, report.FaultNetwork, errNoAddress)
	}
	return media.WithoutCandidates(local), nil
}
