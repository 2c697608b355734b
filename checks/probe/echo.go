package probe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"linecheck/checks/internal/media"
	"linecheck/report/exchange"
	"linecheck/report/strict"
)

const (
	// maxOffer bounds an offer's JSON, in bytes.
	maxOffer = 64 << 10
	// maxSections bounds its media sections: audio and data is all there is to echo.
	maxSections = 3
	// maxPeers bounds the echo peers of all sessions, maxOwn those of one.
	maxPeers, maxOwn = 400, 8
	// gatherLimit bounds the time to make an answer.
	gatherLimit = 1500 * time.Millisecond
)

// errors of an offer, which are answered to the applicant.
var (
	errNoMedia = errors.New("the probe has no media socket")
	errPeers   = errors.New("too many calls at once")
	errNoCall  = errors.New("that call is over or never was")
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
	made, err := p.media.answer(r.Context(), p, s, offer)
	switch {
	case err == nil:
		answer(w, http.StatusCreated, made)
	case errors.Is(err, errNoMedia):
		Refuse(w, http.StatusNotImplemented, "echo.off", err.Error())
	case errors.Is(err, errPeers):
		Refuse(w, http.StatusServiceUnavailable, "echo.full", err.Error())
	case errors.Is(err, errNoCall):
		Refuse(w, http.StatusNotFound, "echo.unknown", err.Error())
	case errors.Is(err, errOffer):
		Refuse(w, http.StatusBadRequest, "echo.offer", errOffer.Error())
	default:
		p.cfg.Log.Error("answer an echo offer", "error", err)
		Refuse(w, http.StatusInternalServerError, "echo.failed", "the server could not answer the call")
	}
}

// answer makes an echo peer for an offer and returns its answer. An offer that
// names a call restarts that call's ICE.
func (m *mediaEnd) answer(ctx context.Context, p *Probe, s *session, offer exchange.Echo) (exchange.Echo, error) {
	var made exchange.Echo
	if m.sock == nil {
		return made, errNoMedia
	}
	if n := strings.Count("\n"+offer.SDP, "\nm="); n == 0 || n > maxSections || strings.Contains(strings.ReplaceAll(offer.SDP, "\r\n", "\n"), "\r") {
		return made, errOffer // the library ends lines at a lone CR, too, behind which candidates and sections would hide
	}
	// The echo needs no address: it answers whoever calls with the right password, and so
	// cannot be made to send anything to one that did not ask for it.
	bare := media.WithoutCandidates(offer.SDP)
	if offer.Call != "" {
		peer, ok := m.find(s, offer.Call)
		if !ok {
			return made, errNoCall
		}
		local, err := peer.renegotiate(ctx, bare)
		if err != nil {
			return made, err
		}
		return exchange.Echo{SDP: m.complete(ctx, local), Call: offer.Call}, nil
	}
	peer, err := m.seat(p, s)
	if err != nil {
		return made, err
	}
	answered := false
	defer func() {
		if !answered { // also where the library panics over an offer
			peer.end()
		}
	}()
	local, err := peer.negotiate(ctx, bare)
	if err != nil {
		return made, err
	}
	answered = true
	return exchange.Echo{SDP: m.complete(ctx, local), Call: peer.name()}, nil
}

// complete puts the addresses into an answer.
func (m *mediaEnd) complete(ctx context.Context, sdp string) string {
	return withCandidates(sdp, m.advertised(ctx), m.port(), m.tcpPorts())
}

// seat makes a peer for the session and ends the oldest where it has too many.
func (m *mediaEnd) seat(p *Probe, s *session) (*echoPeer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || m.seats >= maxPeers {
		return nil, errPeers
	}
	peer, err := newEchoPeer(m, p, s, m.count+1)
	if err != nil {
		return nil, err
	}
	m.count++
	m.seats++
	m.ended.Add(1)
	m.peers[s] = append(m.peers[s], peer)
	if own := m.peers[s]; len(own) > maxOwn {
		own[0].end()
		m.peers[s] = own[1:]
	}
	return peer, nil
}

// find is a session's live peer of that name.
func (m *mediaEnd) find(s *session, name string) (*echoPeer, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, peer := range m.peers[s] {
		if peer.name() == name {
			return peer, true
		}
	}
	return nil, false
}

// unseat forgets a peer that has ended.
func (m *mediaEnd) unseat(s *session, peer *echoPeer) {
	m.mu.Lock()
	m.peers[s] = slices.DeleteFunc(m.peers[s], func(p *echoPeer) bool { return p == peer })
	if len(m.peers[s]) == 0 {
		delete(m.peers, s)
	}
	m.seats--
	m.mu.Unlock()
	m.ended.Done()
}
