// Package api is the recruiter's server over HTTP: it hands out the trust file,
// opens measuring sessions for invites it has verified, and takes reports in.
// Measuring is the probe's, storage is the store's; pages for people do not
// come in here.
package api

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"linecheck/checks/probe"
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
	Store *store.Store
	Probe *probe.Probe
	Log   *slog.Logger
	// Guests bounds how often one address may ask for invites by their codes.
	Guests *visitor.Limit
}

// grace is how long after an invite's end a report made in time may still arrive.
const grace = time.Hour

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

// refusal is why a request is answered with no.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.message }

// answer writes what f returns, or why it refused.
func (s *Server) answer(w http.ResponseWriter, f func() ([]byte, error)) {
	data, err := f()
	var no *refusal
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(data)
	case errors.As(err, &no):
		s.Log.Info("refused", "code", no.code)
		probe.Refuse(w, no.status, no.code, no.message)
	default:
		s.Log.Error("failed", "error", err)
		probe.Refuse(w, http.StatusInternalServerError, "server.failed", "the server failed; try again later")
	}
}

func (s *Server) trust(w http.ResponseWriter, _ *http.Request) { s.answer(w, s.Keys.TrustBytes) }

func (s *Server) bridge(w http.ResponseWriter, _ *http.Request) {
	s.answer(w, func() ([]byte, error) {
		data, err := s.Keys.BridgeBytes()
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &refusal{http.StatusNotFound, "trust.bridge", "the root key was never changed"}
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
			return nil, &refusal{http.StatusTooManyRequests, "invite.often", "too many codes were tried from here; wait a minute"}
		}
		data, err := s.Store.Invite(r.Context(), exchange.CodeDigest(r.PathValue("code")), time.Now())
		if errors.Is(err, store.ErrNoInvite) {
			return nil, &refusal{http.StatusNotFound, "invite.unknown", "there is no invite of this code; look at it once more, or use the link"}
		}
		return data, err
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
		return nil, inviteRefusal(err)
	}
	inv := invite.Value()
	key, err := envelope.ParsePublic(req.Hello.KeyID())
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, "session.key", "the session key is unusable"}
	}
	hello, err := envelope.Open[report.Hello](req.Hello, key, report.HelloType)
	subject, _ := hello.Subject("invite")
	if v := hello.Value(); err != nil || v.SessionKey != key.ID() || v.InviteID != inv.ID || v.Nonce != inv.Nonce || subject != invite.Digest() {
		return nil, &refusal{http.StatusBadRequest, "session.key", "the session key was not proved"}
	}
	run, err := s.Store.StartRun(ctx, inv.ID, key.ID(), inv.Runs, time.Now())
	if errors.Is(err, store.ErrRunsUsed) {
		return nil, runsUsed()
	}
	if err != nil {
		return nil, err
	}
	g, err := s.Probe.Open(probe.Subject{InviteID: inv.ID, InviteDigest: invite.Digest(), Nonce: inv.Nonce, SessionKey: key.ID()}, host)
	if errors.Is(err, probe.ErrFull) {
		return nil, &refusal{http.StatusServiceUnavailable, "probe.full", "the probe is busy; try again in a few minutes"}
	}
	if err != nil {
		return nil, err
	}
	g.Run = run
	return strict.Encode(g)
}

func runsUsed() error {
	return &refusal{http.StatusForbidden, "invite.runs-used", "all runs that the invite allows are used; ask the recruiter for a new one"}
}

func inviteRefusal(err error) error {
	code, message := "invite.refused", "the invite is not one of this server's"
	switch {
	case errors.Is(err, verify.ErrExpired):
		code, message = "invite.expired", "the invite has expired; ask the recruiter for a new one"
	case errors.Is(err, verify.ErrEarly):
		code, message = "invite.early", "the invite is not yet valid"
	case errors.Is(err, verify.ErrRevoked):
		code, message = "invite.revoked", "the invite was revoked; ask the recruiter for a new one"
	}
	return &refusal{http.StatusForbidden, code, message}
}

func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	s.answer(w, func() ([]byte, error) {
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bundle.MaxSize))
		if err != nil {
			return nil, tooLarge(err)
		}
		return s.takeIn(r.Context(), data)
	})
}

// takeIn verifies a bundle and stores it with a receipt.
func (s *Server) takeIn(ctx context.Context, data []byte) ([]byte, error) {
	t, err := s.Keys.Trust()
	if err != nil {
		return nil, err
	}
	b, err := bundle.Parse(data)
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, "report.malformed", "this is not a Linecheck report"}
	}
	b.Receipt = nil // ours is the only one that counts here
	if digest, err := b.Report.Digest(); err == nil {
		if first, err := s.Store.Receipt(ctx, digest); first != nil || err != nil {
			return first, err // taken in before; whether it would be now is of no matter
		}
	}
	now := time.Now()
	// A report made in time may arrive late, up to the grace.
	at := now.Add(-grace)
	res := verify.Opened(b, t, verify.Options{At: at})
	if !res.Authentic {
		last := res.Steps[len(res.Steps)-1]
		for _, st := range res.Steps {
			if st.Status == verify.Failed {
				last = st
			}
		}
		return nil, &refusal{http.StatusUnprocessableEntity, "report.refused", "the report is not authentic: " + last.Name + ": " + last.Detail}
	}
	if now.Before(res.Invite.NotBefore) {
		return nil, inviteRefusal(verify.ErrEarly)
	}
	rep := store.Report{Digest: res.ReportSHA256, Invite: res.Invite.ID, Session: res.Report.SessionKey, Allowed: res.Invite.Runs, Bundle: data}
	receipt, err := s.Store.TakeIn(ctx, rep, now, func(p store.Place) (store.Sealed, error) {
		return s.sealPlace(t, rep, res.Invite.Tenant, p, now.UTC().Truncate(time.Second))
	})
	switch {
	case errors.Is(err, store.ErrRunsUsed):
		return nil, runsUsed()
	case errors.Is(err, store.ErrErased):
		return nil, &refusal{http.StatusGone, "report.erased", "this report was received and has since been erased"}
	case errors.Is(err, store.ErrSessionUsed):
		return nil, &refusal{http.StatusConflict, "report.session", "this session has sent another report already"}
	}
	return receipt, err
}

// body reads a JSON request strictly.
func body[T any](w http.ResponseWriter, r *http.Request, limit int, v *T) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limit)))
	if err != nil {
		return tooLarge(err)
	}
	if err := strict.Decode(data, limit, v); err != nil {
		return &refusal{http.StatusBadRequest, "request.malformed", "the request cannot be read"}
	}
	return nil
}

func tooLarge(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return &refusal{http.StatusRequestEntityTooLarge, "request.large", "the request is too large"}
	}
	return &refusal{http.StatusBadRequest, "request.broken", "the request did not arrive whole"}
}
