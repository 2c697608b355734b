package session

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/policy"
)

// sender is a recruiter's server that says whose keys count, and counts the measuring sessions it is asked for.
type sender struct {
	root, key envelope.PrivateKey
	server    *httptest.Server
	begun     time.Time
	sessions  atomic.Int32
	others    atomic.Int32 // requests for anything else than trust and a session
}

func newSender(t *testing.T) *sender {
	t.Helper()
	s := &sender{root: newKey(t), key: newKey(t), begun: time.Now().UTC().Truncate(time.Second)}
	s.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch q.URL.Path {
		case exchange.TrustPath:
			data, err := seal(t, s.root, report.TrustType, s.trust(), envelope.On("root", s.root.Public().Digest())).Bytes()
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(data)
			return
		case exchange.SessionPath:
			s.sessions.Add(1)
		default:
			s.others.Add(1)
		}
		http.Error(w, "away", http.StatusServiceUnavailable)
	}))
	t.Cleanup(s.server.Close)
	return s
}

func (s *sender) trust() report.Trust {
	return report.Trust{Tenant: "t", Name: "Example", Version: 1, Issued: s.begun, Origins: []string{s.server.URL}, Revoked: []string{},
		Keys: []report.TrustedKey{{Role: report.RoleInvite, Alg: "ed25519", Key: s.key.Public().ID(), NotBefore: s.begun.Add(-time.Hour), NotAfter: s.begun.Add(time.Hour)}}}
}

const oneCheck = `{"schema":"linecheck.policy/1","id":"p","version":1,"rules":[
 {"id":"a","check":"x.one","metric":"one.ms","at_least":{"minimum":1},"finding":"x.slow","fault":"you","source":"test"}]}`

// invite asks for a program of that version; of none where it is empty.
func (s *sender) invite(t *testing.T, key envelope.PrivateKey, atLeast string, ends time.Time) []byte {
	t.Helper()
	inv := report.Invite{ID: strings.Repeat("0", 32), Nonce: strings.Repeat("1", 32), Tenant: "t", Origin: s.server.URL, ProbePin: exchange.PinOf(s.server.Certificate()),
		Applicant: "A-1", Role: "agent", Region: "EU", Issued: s.begun, NotBefore: s.begun.Add(-time.Minute), NotAfter: ends, Runs: 1, Policy: oneCheck}
	if atLeast != "" {
		inv.Program = &report.NeededProgram{AtLeast: atLeast, Link: "https://jobs.example/linecheck"}
	}
	data, err := seal(t, key, report.InviteType, inv, envelope.On("policy", policy.Digest([]byte(oneCheck)))).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// never is a check that must not run.
type never struct{ t *testing.T }

func (never) Spec() checks.Spec { return checks.Spec{ID: "x.one", Revision: 1, Timeout: time.Second} }

func (n never) Run(context.Context, *checks.Recorder) error {
	n.t.Error("something is measured")
	return nil
}

func openAs(t *testing.T, home, version string, invite []byte) (*Session, error) {
	t.Helper()
	return Open(t.Context(), Options{Home: home, Invite: invite, Program: report.Program{Name: "linecheck", Version: version},
		Make: func(Far, policy.Policy) []checks.Check { return []checks.Check{never{t}} }})
}

// A program that is too old is told so before anything is measured or a run is used.
func TestTooOldAProgram(t *testing.T) {
	later := time.Now().UTC().Truncate(time.Second).Add(time.Hour)
	for _, c := range []struct {
		name, version, atLeast string
		key                    func(s *sender) envelope.PrivateKey
		ends                   time.Time
		away                   bool
		code, link, says       string
	}{
		{name: "any will do", version: "v1.3.0"},
		{name: "new enough", version: "v1.4.0+dirty", atLeast: "1.4.0"},
		{name: "too old", version: "v1.3.0", atLeast: "1.4.0", code: ProgramRefusal, link: "https://jobs.example/linecheck",
			says: "this is version 1.3.0 of the program, and the invite asks for 1.4.0 or newer; get it at https://jobs.example/linecheck"},
		{name: "no version of its own", version: "0.1.0-dev", atLeast: "1.4.0", code: ProgramRefusal, link: "https://jobs.example/linecheck", says: "this is version 0.1.0-dev"},
		{name: "nobody to confirm it", version: "v1.3.0", atLeast: "1.4.0", away: true, code: ProgramRefusal, says: "who sent it could not be confirmed"},
		{name: "nobody to confirm it, and new enough", version: "v1.4.0", atLeast: "1.4.0", away: true},
		{name: "a stranger's", version: "v1.3.0", atLeast: "1.4.0", key: func(*sender) envelope.PrivateKey { return newKey(t) }, code: "invite.stranger", says: "stranger"},
		{name: "expired", version: "v1.3.0", atLeast: "1.4.0", ends: time.Now().UTC().Truncate(time.Second).Add(-time.Second), code: "invite.expired", says: "expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, home := newSender(t), t.TempDir()
			key, ends := s.key, later
			if c.key != nil {
				key = c.key(s)
			}
			if !c.ends.IsZero() {
				ends = c.ends
			}
			invite := s.invite(t, key, c.atLeast, ends)
			if c.away {
				s.server.Close()
			}
			open, err := openAs(t, home, c.version, invite)
			if c.code == "" {
				if err != nil {
					t.Fatal(err)
				}
				open.Close()
				if n := s.sessions.Load(); n != 1 && !c.away {
					t.Errorf("%d measuring sessions were asked for", n)
				}
				return
			}
			var no *Refusal
			if !errors.As(err, &no) || no.Code != c.code || no.Malformed || !strings.Contains(no.Error(), c.says) {
				t.Fatalf("%v", err)
			}
			var old *OldProgram
			if errors.As(err, &old) != (c.code == ProgramRefusal) || old != nil && (old.Version != c.version || old.Needed.AtLeast != c.atLeast || old.Needed.Link != c.link) {
				t.Errorf("%+v", old)
			}
			if c.link == "" && strings.Contains(no.Error(), "https://jobs.example/linecheck") {
				t.Errorf("a stranger's link is shown: %v", no)
			}
			if s.sessions.Load() > 0 || c.code == ProgramRefusal && s.others.Load() > 0 {
				t.Errorf("asked for %d measuring sessions and %d other things", s.sessions.Load(), s.others.Load())
			}
			if left, _ := filepath.Glob(filepath.Join(home, "sessions", "*", "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// What a newer program sealed an older one may still send.
func TestASealedReportIsSentByAnOlderProgram(t *testing.T) {
	s, home := newSender(t), t.TempDir()
	invite := s.invite(t, s.key, "1.4.0", time.Now().UTC().Truncate(time.Second).Add(time.Hour))
	first, err := openAs(t, home, "v1.4.0", invite)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Seal([]report.Evidence{}, "", true); err != nil {
		t.Fatal(err)
	}
	first.Close()
	second, err := openAs(t, home, "v1.3.0", invite)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if !second.Sealed() {
		t.Error("it is not sealed any more")
	}
}
