package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/verify"
)

// code is the stable code of a server's error; empty for none.
func code(err error) string {
	var e *exchange.Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestAReportGetsOneReceipt(t *testing.T) {
	r := newRig(t)
	inv, sealed := r.invite(t, nil)
	a := r.applicant(t, inv, sealed)
	s, err := a.open(t)
	if err != nil {
		t.Fatal(err)
	}
	if s.Grant.Run != 1 || s.Grant.Token == "" {
		t.Errorf("grant %+v", s.Grant)
	}
	data := a.bundle(t, 4)
	one, err := r.client.Submit(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := r.keys.Trust()
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := verify.Receipt(trust, one)
	if err != nil || receipt.Run != 1 || receipt.Runs != 1 || receipt.InviteID != a.invite.ID {
		t.Errorf("%+v %v", receipt, err)
	}
	// The same report at the same moment from many sides: one is stored, all get the first receipt.
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			again, err := r.client.Submit(context.Background(), data)
			if err != nil || again.Payload != one.Payload {
				t.Errorf("another receipt for the same report (%v)", err)
			}
		})
	}
	wait.Wait()
	if n, err := r.store.Reports(context.Background()); n != 1 || err != nil {
		t.Errorf("%d reports (%v)", n, err)
	}
	if _, err := r.client.Submit(context.Background(), a.bundle(t, 8)); code(err) != "report.session" {
		t.Errorf("a second report of the same session: %v", err)
	}
}

func TestRunsAreCounted(t *testing.T) {
	r := newRig(t)
	inv, sealed := r.invite(t, nil)
	one, two, three := r.applicant(t, inv, sealed), r.applicant(t, inv, sealed), r.applicant(t, inv, sealed)
	for i, a := range []*applicant{one, two, one} {
		s, err := a.open(t)
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 2, 1}[i]; s.Grant.Run != want {
			t.Errorf("run %d, want %d", s.Grant.Run, want)
		}
	}
	if _, err := three.open(t); code(err) != "invite.runs-used" {
		t.Errorf("a third run of two: %v", err)
	}
	if _, err := r.client.Submit(context.Background(), three.bundle(t, 4)); code(err) != "invite.runs-used" {
		t.Errorf("a report of a third run: %v", err)
	}
	if _, err := r.client.Submit(context.Background(), two.bundle(t, 4)); err != nil {
		t.Errorf("a report of the second run: %v", err)
	}
}

func TestInvitesThatDoNotCount(t *testing.T) {
	r := newRig(t)
	stranger := newRig(t)
	now := time.Now().UTC().Truncate(time.Second)
	for name, c := range map[string]struct {
		bend func(*report.Invite)
		from *rig
		want string
	}{
		"expired":        {func(i *report.Invite) { i.NotBefore, i.NotAfter = now.Add(-2*time.Hour), now.Add(-time.Hour) }, r, "invite.expired"},
		"not yet valid":  {func(i *report.Invite) { i.NotBefore = now.Add(10 * time.Minute) }, r, "invite.early"},
		"stranger's":     {nil, stranger, "invite.refused"},
		"another origin": {func(i *report.Invite) { i.Origin = "https://other.example" }, r, "invite.refused"},
		"another tenant": {func(i *report.Invite) { i.Tenant = "x" }, r, "invite.refused"},
	} {
		inv, sealed := c.from.invite(t, c.bend)
		a := r.applicant(t, inv, sealed)
		if _, err := a.open(t); code(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if _, err := r.client.Submit(context.Background(), a.bundle(t, 4)); err == nil {
			t.Errorf("%s: its report was taken in", name)
		}
	}
}

func TestTheSessionKeyMustBeProved(t *testing.T) {
	r := newRig(t)
	inv, sealed := r.invite(t, nil)
	a := r.applicant(t, inv, sealed)
	other, err := envelope.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := report.Hello{InviteID: inv.ID, Nonce: inv.Nonce, SessionKey: a.key.Public().ID(), Sent: time.Now().UTC().Truncate(time.Second)}
	bent := func(f func(*report.Hello)) report.Hello { h := good; f(&h); return h }
	for name, c := range map[string]struct {
		hello report.Hello
		on    string
	}{
		"another's key":     {bent(func(h *report.Hello) { h.SessionKey = other.Public().ID() }), a.digest},
		"another nonce":     {bent(func(h *report.Hello) { h.Nonce = strings.Repeat("0", 32) }), a.digest},
		"another invite":    {bent(func(h *report.Hello) { h.InviteID = strings.Repeat("0", 32) }), a.digest},
		"another statement": {good, envelope.Digest([]byte("x"))},
	} {
		e, err := envelope.Seal(a.key, report.HelloType, []envelope.Subject{envelope.On("invite", c.on)}, c.hello)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.client.Open(context.Background(), exchange.OpenRequest{Invite: sealed, Hello: e}); code(err) != "session.key" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadBodies(t *testing.T) {
	r := newRig(t)
	client := r.server.Client()
	post := func(path string, body []byte) (int, string) {
		resp, err := client.Post(r.server.URL+path, "application/json", bytes.NewReader(body))
		if err != nil {
			return 0, err.Error()
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		_, _ = b.ReadFrom(resp.Body)
		return resp.StatusCode, b.String()
	}
	large := bytes.Repeat([]byte("x"), 3<<20)
	for name, c := range map[string]struct {
		path   string
		body   []byte
		status int
		code   string
	}{
		"no report":       {exchange.ReportPath, []byte("hello"), http.StatusBadRequest, "report.malformed"},
		"empty":           {exchange.ReportPath, nil, http.StatusBadRequest, "report.malformed"},
		"large report":    {exchange.ReportPath, large, http.StatusRequestEntityTooLarge, "request.large"},
		"large request":   {exchange.SessionPath, large, http.StatusRequestEntityTooLarge, "request.large"},
		"no request":      {exchange.SessionPath, []byte("{}{}"), http.StatusBadRequest, "request.malformed"},
		"deep request":    {exchange.SessionPath, []byte(strings.Repeat("[", 10000)), http.StatusBadRequest, "request.malformed"},
		"unknown session": {exchange.SessionPath + "/nobody/echo", []byte("{}"), http.StatusNotFound, "session.unknown"},
	} {
		status, answer := post(c.path, c.body)
		if status != c.status || !strings.Contains(answer, `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
}

// Clocks and answers: the server is alive and hands out its trust file.
func TestTrustAndHealth(t *testing.T) {
	r := newRig(t)
	sealed, err := r.client.Trust(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if tr, err := verify.OpenTrust(sealed); err != nil || tr.Value().Name != "Example" {
		t.Errorf("%v", err)
	}
	resp, err := r.server.Client().Get(r.server.URL + "/healthz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v %v", resp, err)
	}
	wrong, err := exchange.NewClient(r.server.URL, "sha256:"+strings.Repeat("0", 64))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Trust(context.Background()); !errors.Is(err, exchange.ErrPin) {
		t.Errorf("a server with another certificate: %v", err)
	}
}
