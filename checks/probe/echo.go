package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/pion/webrtc/v3"

	"linecheck/report/exchange"
	"linecheck/report/strict"
)

const (
	// maxOffer bounds an offer's JSON, in bytes.
	maxOffer = 64 << 10
	// maxSections bounds its media sections: audio and data is all there is to echo.
	maxSections = 3
	// maxPeers bounds the echo peers of all sessions.
	maxPeers = 100
	// gatherLimit bounds the time to make an answer.
	gatherLimit = 1500 * time.Millisecond
)

// errors of an offer, which are answered to the applicant.
var (
	errNoMedia = errors.New("the probe has no media socket")
	errPeers   = errors.New("too many calls at once")
	errOffer   = errors.New("not a session description that can be echoed")
)

// echo answers an SDP offer with an echo peer's answer. A new offer replaces
// the session's peer.
func (p *Probe) echo(s *session, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxOffer))
	if err != nil {
		Refuse(w, http.StatusRequestEntityTooLarge, "echo.too-long", "the session description is too long")
		return
	}
	var offer exchange.Echo
	if err := strict.Decode(body, maxOffer, &offer); err != nil {
		Refuse(w, http.StatusBadRequest, "echo.malformed", "not a session description")
		return
	}
	sdp, err := p.media.answer(r.Context(), p, s, offer.SDP)
	switch {
	case err == nil:
		answer(w, http.StatusCreated, exchange.Echo{SDP: sdp})
	case errors.Is(err, errNoMedia):
		Refuse(w, http.StatusNotImplemented, "echo.off", err.Error())
	case errors.Is(err, errPeers):
		Refuse(w, http.StatusServiceUnavailable, "echo.full", err.Error())
	case errors.Is(err, errOffer):
		Refuse(w, http.StatusBadRequest, "echo.offer", errOffer.Error())
	default:
		p.cfg.Log.Error("answer an echo offer", "error", err)
		Refuse(w, http.StatusInternalServerError, "echo.failed", "the server could not answer the call")
	}
}

// answer makes an echo peer for an offer and returns its answer.
func (m *mediaEnd) answer(ctx context.Context, p *Probe, s *session, offer string) (string, error) {
	if m.conn == nil {
		return "", errNoMedia
	}
	if n := strings.Count("\n"+offer, "\nm="); n == 0 || n > maxSections {
		return "", errOffer
	}
	peer, err := m.seat(p, s)
	if err != nil {
		return "", err
	}
	answered := false
	defer func() {
		if !answered { // also where the library panics over an offer
			peer.end()
		}
	}()
	local, err := peer.negotiate(ctx, withoutCandidates(offer))
	if err != nil {
		return "", err
	}
	answered = true
	return withCandidates(local, m.advertised(ctx), m.port()), nil
}

// seat makes a peer for the session and ends the one it had.
func (m *mediaEnd) seat(p *Probe, s *session) (*echoPeer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.peers[s]
	if m.closed || m.seats >= maxPeers {
		return nil, errPeers
	}
	pc, err := m.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	m.count++
	m.seats++
	m.ended.Add(1)
	peer := newEchoPeer(m, p, s, pc, m.count)
	m.peers[s] = peer
	if old != nil {
		old.end()
	}
	return peer, nil
}

// unseat forgets a peer that has ended.
func (m *mediaEnd) unseat(s *session, peer *echoPeer) {
	m.mu.Lock()
	if m.peers[s] == peer {
		delete(m.peers, s)
	}
	m.seats--
	m.mu.Unlock()
	m.ended.Done()
}

// advertised are the addresses an applicant may reach the socket by: the public
// host where there is one, else the address this very request came in by, and
// after it those of this computer's interfaces where the socket serves them all.
func (m *mediaEnd) advertised(ctx context.Context) []net.IP {
	if m.cfg.PublicHost != "" {
		limited, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		if ips, err := net.DefaultResolver.LookupIP(limited, "ip", m.cfg.PublicHost); err == nil {
			return ips
		}
	}
	if own := m.conn.LocalAddr().(*net.UDPAddr).IP; !own.IsUnspecified() {
		return []net.IP{own}
	}
	var ips []net.IP
	if local, ok := ctx.Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		ips = append(ips, local.IP)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ips
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			ips = append(ips, n.IP)
		}
	}
	return ips
}
