package exchange

import (
	"context"
	"net/http"
	"net/url"

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

// Echo offers a WebRTC session to the probe's media echo and returns the answer's SDP.
func (s *Session) Echo(ctx context.Context, sdp string) (string, error) {
	var answer Echo
	if err := s.call(ctx, http.MethodPost, s.path("/echo"), Echo{SDP: sdp}, &answer); err != nil {
		return "", err
	}
	return answer.SDP, nil
}

// Begin tells the probe that the measurement of a check begins: what it
// counted for that check before is forgotten.
func (s *Session) Begin(ctx context.Context, check string) error {
	_, err := s.do(ctx, http.MethodPost, s.path("/observations/"+url.PathEscape(check)), []byte("{}"))
	return err
}

// Observation asks the probe to seal what it saw of a check since [Session.Begin].
func (s *Session) Observation(ctx context.Context, check string) (envelope.Envelope, error) {
	return s.envelope(ctx, http.MethodGet, s.path("/observations/"+url.PathEscape(check)), nil)
}
