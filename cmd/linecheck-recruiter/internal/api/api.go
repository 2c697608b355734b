// Package api is the recruiter's server over HTTP: it hands out the trust file,
// opens measuring sessions for invites it has verified, and takes reports in.
// Measuring is the probe's, storage is the store's; pages for people do not
// come in here.
package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"linecheck/checks/probe"
	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/refusal"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/cmd/linecheck-recruiter/internal/visitor"
	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/strict"
	"linecheck/report/verify"
)

// Keys are what the server knows of keys.
type Keys interface {
	// TrustBytes is the trust file as it stands.
	TrustBytes() ([]byte, error)
	// BridgeBytes is the trust file by which a former root key names the present one.
	BridgeBytes() ([]byte, error)
	// Trust is the verified trust file.
	Trust() (verify.Trust, error)
	// Key is the private key of a role.
	Key(role report.KeyRole) envelope.PrivateKey
}

// Server answers the applicant's program.
type Server struct {
	Keys  Keys
	Store *store.Tenant
	Desk  *intake.Desk
	Probe *probe.Probe
	// Owner is whose sessions the probe opens here.
	Owner *probe.Owner
	Log   *slog.Logger
	// Guests bounds how often one address may ask for invites by their codes.
	Guests *visitor.Limit
}

// Handler serves all paths.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+exchange.TrustPath, s.trust)
	mux.HandleFunc("GET "+exchange.BridgePath, s.bridge)
	mux.HandleFunc("POST "+exchange.SessionPath, s.session)
	mux.HandleFunc("POST "+exchange.ReportPath, s.report)
	mux.HandleFunc("GET "+exchange.InvitePath+"{code}", s.invite)
	mux.HandleFunc("GET "+exchange.CheckpointPath, s.checkpoint)
	mux.HandleFunc("GET "+exchange.GrowthPath, s.growth)
	mux.Handle(exchange.SessionPath+"/", s.Probe.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.Store.Ping(r.Context()); err != nil {
			probe.Refuse(w, http.StatusServiceUnavailable, "store.away", "the database does not answer")
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux
}

// answer writes what f returns, or why it refused.
func (s *Server) answer(w http.ResponseWriter, f func() ([]byte, error)) {
	data, err := f()
	if err == nil {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(data)
		return
	}
	no, ok := refusal.Of(err)
	if ok {
		s.Log.Info("refused", "code", no.Code)
	} else {
		s.Log.Error("failed", "error", err)
		no = refusal.Failed()
	}
	no.Write(w)
}

func (s *Server) trust(w http.ResponseWriter, _ *http.Request) { s.answer(w, s.Keys.TrustBytes) }

func (s *Server) bridge(w http.ResponseWriter, _ *http.Request) {
	s.answer(w, func() ([]byte, error) {
		data, err := s.Keys.BridgeBytes()
		if errors.Is(err, fs.ErrNotExist) {
			return nil, refusal.New(http.StatusNotFound, "trust.bridge", "the root key was never changed")
		}
		return data, err
	})
}

// invite hands out the invite of a code. Whatever is wrong with a code has one answer,
// so that nothing is learned by guessing.
func (s *Server) invite(w http.ResponseWriter, r *http.Request) {
	s.answer(w, func() ([]byte, error) {
		if !s.Guests.Allow(r, time.Now()) {
			w.Header().Set("Retry-After", "60")
			return nil, refusal.New(http.StatusTooManyRequests, "invite.often", "too many codes were tried from here; wait a minute")
		}
		inv, err := s.Store.InviteOf(r.Context(), exchange.CodeDigest(r.PathValue("code")))
		now := time.Now()
		if errors.Is(err, store.ErrNoInvite) || err == nil && (now.After(inv.Ends) || !inv.Revoked.IsZero()) {
			return nil, refusal.New(http.StatusNotFound, "invite.unknown", "there is no invite of this code; look at it once more, or use the link")
		}
		if err == nil {
			err = s.Store.Opened(r.Context(), inv.ID, now)
		}
		return inv.Sealed, err
	})
}

func (s *Server) session(w http.ResponseWriter, r *http.Request) {
	s.answer(w, func() ([]byte, error) {
		var req exchange.OpenRequest
		if err := body(w, r, envelope.MaxSize*2, &req); err != nil {
			return nil, err
		}
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		return s.open(r.Context(), req, host)
	})
}

// open verifies invite and session key, notes the run, and opens the session at the probe.
func (s *Server) open(ctx context.Context, req exchange.OpenRequest, host string) ([]byte, error) {
	t, err := s.Keys.Trust()
	if err != nil {
		return nil, err
	}
	invite, _, err := verify.Invite(t, req.Invite, time.Now())
	if err != nil {
		return nil, intake.Invite(err)
	}
	inv := invite.Value()
	key, err := envelope.ParsePublic(req.Hello.KeyID())
	if err != nil {
		return nil, refusal.New(http.StatusBadRequest, "session.key", "the session key is unusable")
	}
	hello, err := envelope.Open[report.Hello](req.Hello, key, report.HelloType)
	subject, _ := hello.Subject("invite")
	if v := hello.Value(); err != nil || v.SessionKey != key.ID() || v.InviteID != inv.ID || v.Nonce != inv.Nonce || subject != invite.Digest() {
		return nil, refusal.New(http.StatusBadRequest, "session.key", "the session key was not proved")
	}
	run, err := s.Store.StartRun(ctx, intake.InviteOf(inv), key.ID(), time.Now())
	switch {
	case errors.Is(err, store.ErrRevoked):
		return nil, intake.Invite(verify.ErrRevoked)
	case errors.Is(err, store.ErrRunsUsed):
		return nil, intake.RunsUsed()
	case err != nil:
		return nil, err
	}
	g, err := s.Probe.Open(probe.Subject{InviteID: inv.ID, InviteDigest: invite.Digest(), Nonce: inv.Nonce, SessionKey: key.ID(), Owner: s.Owner}, host)
	if errors.Is(err, probe.ErrFull) {
		return nil, refusal.New(http.StatusServiceUnavailable, "probe.full", "the probe is busy; try again in a few minutes")
	}
	if err != nil {
		return nil, err
	}
	g.Run = run
	return strict.Encode(g)
}

func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	s.answer(w, func() ([]byte, error) {
		data, err := readBody(w, r, bundle.MaxSize)
		if err != nil {
			return nil, err
		}
		receipt, _, err := s.Desk.TakeIn(r.Context(), data, "program", time.Now())
		return receipt, err
	})
}

// body reads a JSON request strictly.
func body[T any](w http.ResponseWriter, r *http.Request, limit int, v *T) error {
	data, err := readBody(w, r, limit)
	if err != nil {
		return err
	}
	if err := strict.Decode(data, limit, v); err != nil {
		return refusal.New(http.StatusBadRequest, "request.malformed", "the request cannot be read")
	}
	return nil
}

// readBody reads a request whole, of so many bytes at most. What is said of its length only saves copying.
func readBody(w http.ResponseWriter, r *http.Request, limit int) ([]byte, error) {
	if r.ContentLength > int64(limit) {
		return nil, tooLarge(&http.MaxBytesError{Limit: int64(limit)})
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(longestBody)); err != nil {
		return nil, err
	}
	data := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0), plausible)+bytes.MinRead))
	if _, err := data.ReadFrom(http.MaxBytesReader(w, r.Body, int64(limit))); err != nil {
		return nil, tooLarge(err)
	}
	return data.Bytes(), nil
}

// longestBody is how long a body may take to arrive: the largest report over a line of a third of a Mbit/s.
const longestBody = 30 * time.Second

// plausible is how long a body may say it is and have memory for it at once, in bytes; for a longer one memory comes as it comes.
const plausible = 64 << 10

func tooLarge(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return refusal.New(http.StatusRequestEntityTooLarge, "request.large", "the request is too large")
	}
	return refusal.New(http.StatusBadRequest, "request.broken", "the request did not arrive whole")
}
