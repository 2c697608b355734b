// Package probe is the SERVER end of the measurements: what the recruiter runs
// so that the applicant's internet speed and WebRTC connectivity are measured
// against something the recruiter trusts. It believes only its own counters and
// clock, and seals what it saw as observations. It does not know reports,
// uploads, storage or people, and the applicant's program does not link it.
package probe

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
)

// Owner is an organisation that the probe measures for.
type Owner struct {
	// Key seals observations.
	Key envelope.PrivateKey
	// Attempt notes that a check is measured under an invite, and says the
	// how-manieth time that is over all sessions; nil counts nothing.
	Attempt func(ctx context.Context, invite, check string) (int, error)
}

// Config is what a probe needs.
type Config struct {
	// Owner is whose the sessions are that name no other.
	Owner
	// MediaAddr is the UDP address for STUN and the media echo, as ":3478". Port 0 picks a free one.
	MediaAddr string
	// PublicHost is the host name or address that applicants reach MediaAddr by; empty means the listener's own.
	PublicHost string
	// SecondAddr is a second address of this computer, with which the probe tells how
	// NATs filter (RFC 5780). MediaAddr must name the first then.
	SecondAddr netip.Addr
	// TURN is another server that relays; nil means that the probe does it itself.
	TURN *TURNServer
	// Places is how many speed tests run at once, the others wait in line; 0 means 8.
	Places int
	// LineMbps is what this computer's line carries, in Mbit/s: a further test waits while those
	// that run fill it. 0 means that it is not known, and that only their number counts.
	LineMbps int
	// SessionLife is how long a session lasts; 0 means half an hour.
	SessionLife time.Duration
	// Log takes what goes wrong, without personal data.
	Log *slog.Logger

	// resolver looks PublicHost up; nil is the system's.
	resolver *net.Resolver
	// unheardWait is the constant of that name; tests shorten it.
	unheardWait time.Duration
}

const (
	defaultLife = 30 * time.Minute
	maxSessions = 1000
)

// Subject is whom a session belongs to, as the server has verified it.
type Subject struct {
	InviteID, InviteDigest, Nonce, SessionKey string
	// Owner is whose invite it is; nil is the probe's own.
	Owner *Owner
}

// Probe is the far end of every measurement. Make it with [New]; close it with [Probe.Close].
type Probe struct {
	cfg   Config
	media *mediaEnd
	speed speed
	queue queue
	total atomic.Int64 // bytes that all speed tests have moved

	mu       sync.Mutex
	sessions map[string]*session
}

// session is one applicant's measuring session.
type session struct {
	subject Subject
	token   string
	expires time.Time
	moved   atomic.Int64 // bytes of speed tests, both directions
	called  sync.Once    // when it first asks for calls

	mu     sync.Mutex
	checks map[string]*account
}

// New starts a probe. It listens for media at once; its HTTP paths are served by [Probe.Handler].
func New(cfg Config) (*Probe, error) {
	if cfg.SessionLife == 0 {
		cfg.SessionLife = defaultLife
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.unheardWait == 0 {
		cfg.unheardWait = unheardWait
	}
	if cfg.Places == 0 {
		cfg.Places = usualPlaces
	}
	p := &Probe{cfg: cfg, sessions: map[string]*session{}}
	p.queue.places, p.queue.line = cfg.Places, float64(cfg.LineMbps)*1e6/8
	m, err := listenMedia(cfg)
	if err != nil {
		return nil, err
	}
	p.media = m
	return p, nil
}

// Close ends every session and frees the sockets.
func (p *Probe) Close() error {
	p.mu.Lock()
	clear(p.sessions)
	p.mu.Unlock()
	return p.media.close()
}

// ErrFull: more sessions are open than the probe takes.
var ErrFull = errors.New("too many measuring sessions at once")

// Open starts a session for a subject whose invite and session key the caller
// has verified. host is the name by which the applicant reached the server.
func (p *Probe) Open(s Subject, host string) (exchange.Grant, error) {
	var raw [16]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return exchange.Grant{}, err
	}
	if s.Owner == nil {
		s.Owner = &p.cfg.Owner
	}
	now := time.Now()
	ses := &session{subject: s, token: hex.EncodeToString(raw[:]), expires: now.Add(p.cfg.SessionLife), checks: map[string]*account{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	for token, old := range p.sessions {
		if now.After(old.expires) || old.subject == s {
			delete(p.sessions, token)
		}
	}
	if len(p.sessions) >= maxSessions {
		return exchange.Grant{}, ErrFull
	}
	p.sessions[ses.token] = ses
	return exchange.Grant{Token: ses.token, STUN: p.media.addresses(host), ClockMS: now.UnixMilli()}, nil
}

// Sessions is how many measuring sessions are open.
func (p *Probe) Sessions() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, now := 0, time.Now()
	for _, s := range p.sessions {
		if now.Before(s.expires) {
			n++
		}
	}
	return n
}

// Tests is how many speed tests have a place, and how many wait for one.
func (p *Probe) Tests() (running, waiting int) { return p.queue.count() }

// find is the live session with that token.
func (p *Probe) find(token string) (*session, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.sessions[token]
	if !ok || time.Now().After(s.expires) {
		return nil, false
	}
	return s, true
}

// busy is how many other sessions moved data in the last second.
func (p *Probe) busy(self *session) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, s := range p.sessions {
		if s != self && s.active(time.Now().Add(-time.Second)) {
			n++
		}
	}
	return n
}

// Handler serves the paths of sessions, below [exchange.SessionPath].
func (p *Probe) Handler() http.Handler {
	mux := http.NewServeMux()
	at := func(pattern string, h func(*session, http.ResponseWriter, *http.Request)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s, ok := p.find(r.PathValue("token"))
			if !ok {
				Refuse(w, http.StatusNotFound, "session.unknown", "this measuring session is over or never was")
				return
			}
			h(s, w, r)
		})
	}
	base := exchange.SessionPath + "/{token}"
	at("POST "+base+"/observations/{check}", p.begin)
	at("GET "+base+"/observations/{check}", p.observe)
	at("GET "+base+"/speedtest/{file}", p.download)
	at("POST "+base+"/speedtest/upload.php", p.upload)
	at("GET "+base+"/speedtest/received", p.received)
	at("POST "+base+"/load", p.load)
	at("DELETE "+base+"/load", p.unload)
	at("GET "+base+"/clock", func(_ *session, w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, exchange.Clock{ClockMS: time.Now().UnixMilli()})
	})
	at("POST "+base+"/echo", p.echo)
	at("POST "+base+"/ice", p.ice)
	return mux
}

// Refuse answers with an error of a stable code.
func Refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, exchange.Error{Code: code, Message: message})
}

// seal makes the observation of one check.
func (p *Probe) seal(s *session, check string, a *account) (envelope.Envelope, error) {
	o := report.Observation{
		InviteID: s.subject.InviteID, Nonce: s.subject.Nonce, SessionKey: s.subject.SessionKey,
		Check: check, Metrics: []report.Metric{}, Facts: map[string]string{},
	}
	a.fill(&o)
	return envelope.Seal(s.subject.Owner.Key, report.ObservationType, []envelope.Subject{envelope.On("invite", s.subject.InviteDigest)}, o)
}
