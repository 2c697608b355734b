package exchange

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"linecheck/report/envelope"
)

// Session is a granted measuring session with the probe.
type Session struct {
	*Client
	Grant Grant
}

// URL is the address of one of the session's own paths.
func (s *Session) URL(path string) string {
	return s.base.String() + s.path(path)
}

func (s *Session) path(path string) string {
	return SessionPath + "/" + url.PathEscape(s.Grant.Token) + path
}

// Echo offers a WebRTC session to the probe's media echo and returns its answer.
// An offer that names a call restarts that call's ICE.
func (s *Session) Echo(ctx context.Context, offer Echo) (Echo, error) {
	var answer Echo
	err := s.call(ctx, http.MethodPost, s.path("/echo"), offer, &answer)
	return answer, err
}

// Clock asks what time it is at the server.
func (s *Session) Clock(ctx context.Context) (Clock, error) {
	var c Clock
	err := s.call(ctx, http.MethodGet, s.path("/clock"), nil, &c)
	return c, err
}

// ICE asks for servers and fresh credentials for a call.
func (s *Session) ICE(ctx context.Context) (ICE, error) {
	var ice ICE
	err := s.call(ctx, http.MethodPost, s.path("/ice"), nil, &ice)
	return ice, err
}

// Begin tells the probe that the measurement of a check begins: what it
// counted for that check before is forgotten.
func (s *Session) Begin(ctx context.Context, check string) error {
	_, err := s.do(ctx, http.MethodPost, s.path("/observations/"+url.PathEscape(check)), []byte("{}"))
	return err
}

// Observation asks the probe to seal what it saw of a check since [Session.Begin].
func (s *Session) Observation(ctx context.Context, check string) (envelope.Envelope, error) {
	return s.ObservationOf(ctx, check, nil)
}

// ObservationOf is [Session.Observation] of a check that sent so many packets of each stream, as
// "webrtc.sent" and "webrtc.video.sent": by it the probe misses those that were lost at the very end.
func (s *Session) ObservationOf(ctx context.Context, check string, sent map[string]int) (envelope.Envelope, error) {
	said := url.Values{}
	for stream, n := range sent {
		said.Set(stream, strconv.Itoa(n))
	}
	path := s.path("/observations/" + url.PathEscape(check))
	if len(said) > 0 {
		path += "?" + said.Encode()
	}
	return s.envelope(ctx, http.MethodGet, path, nil)
}
