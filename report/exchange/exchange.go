// Package exchange is how the applicant's program talks to the recruiter's
// server: the messages, and the client for them. It is the one place in report
// that knows HTTP. It trusts the server's certificate by public roots, or by the
// pin that a verified invite holds, and follows no redirects. What the messages
// mean for a verdict does not come in here.
package exchange

import (
	"fmt"

	"linecheck/report/envelope"
)

// The server's paths. A session's own paths are [SessionPath] followed by its token.
const (
	TrustPath   = "/v1/trust"
	BridgePath  = "/v1/trust/bridge"
	SessionPath = "/v1/sessions"
	ReportPath  = "/v1/reports"
	// CheckpointPath gives the newest checkpoint of the log, GrowthPath with
	// ?from= and &to= the proof that one size of it continues another.
	CheckpointPath = "/v1/log/checkpoint"
	GrowthPath     = "/v1/log/consistency"
	// CallPage is the page that tries a call in a person's browser. A session's token
	// stands in its fragment, which browsers send to nobody.
	CallPage = "/webrtc"
)

// MaxBundle bounds a bundle's JSON, in bytes.
const MaxBundle = 1 << 20

// OpenRequest asks for a measuring session under an invite.
type OpenRequest struct {
	Invite envelope.Envelope `json:"invite"`
	// Hello is sealed by the session key.
	Hello envelope.Envelope `json:"hello"`
}

// Grant is the server's answer to an [OpenRequest].
type Grant struct {
	// Token stands in the path of everything that is measured in this session.
	Token string `json:"token"`
	// Run is which run under the invite this is, from 1.
	Run int `json:"run"`
	// STUN are the host:port addresses of the probe's STUN servers.
	STUN []string `json:"stun"`
	// ClockMS is the server's clock, Unix time in milliseconds.
	ClockMS int64 `json:"clock_ms"`
}

// Echo carries a WebRTC session description, as SDP, in either direction.
type Echo struct {
	SDP string `json:"sdp"`
	// Call names the call in an answer. In an offer it asks that call for a restart of ICE.
	Call string `json:"call,omitzero"`
}

// ICE is what a call needs to find its way: servers and credentials for a few minutes.
type ICE struct {
	// Servers are as a browser takes them: TURN with credentials, and STUN.
	Servers []ICEServer `json:"servers"`
	// TCP are the host:port addresses where the echo takes ICE over TCP (RFC 6544).
	TCP []string `json:"tcp"`
	// Seconds is how long the credentials count.
	Seconds int `json:"seconds"`
}

// ICEServer is one of them.
type ICEServer struct {
	// URLs are STUN or TURN URIs (RFC 7064, RFC 7065).
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitzero"`
	Credential string   `json:"credential,omitzero"`
}

// Clock is what time it is at the server.
type Clock struct {
	// ClockMS is Unix time in milliseconds.
	ClockMS int64 `json:"clock_ms"`
}

// Growth is the proof that the log of To entries continues the one of From:
// SHA-256 hashes in lower-case hex, at most 64.
type Growth struct {
	From  int64    `json:"from"`
	To    int64    `json:"to"`
	Proof []string `json:"proof"`
}

// Error is how the server says no.
type Error struct {
	// Code is stable, as "invite.expired".
	Code string `json:"code"`
	// Message is one line for a person.
	Message string `json:"message"`
	// Status is the HTTP status; it does not travel in the body.
	Status int `json:"-"`
	// Cause is why the answer could not be read; nil for the server's own errors.
	Cause error `json:"-"`
}

// QueueCode is the code for: all places for a speed test are taken, ask again in a second.
const QueueCode = "session.queue"

// ForeignAnswer is the code for an answer that is not our server's: a proxy or
// a network's log-in page is in the way.
const ForeignAnswer = "server.answer"

// Error is the message and its code.
func (e *Error) Error() string { return fmt.Sprintf("%s (%s)", e.Message, e.Code) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }
