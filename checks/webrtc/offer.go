package webrtc

import (
	"context"
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
		return withCandidates(sdp, func(candidate) bool { return true }), nil
	}
	if !c.tunnel.peer.IsValid() {
		withCandidates(sdp, func(one candidate) bool {
			if !c.tunnel.peer.IsValid() && one.addr.Addr().Is4() == c.tunnel.overIPv4() {
				c.tunnel.peer = one.addr
			}
			return false
		})
	}
	if !c.tunnel.peer.IsValid() {
		return "", errNoEcho
	}
	return onlyCandidate(sdp, c.tunnel.peer), nil
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
