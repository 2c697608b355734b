package api_test

import (
	"crypto/rand"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/intake"
	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/exchange"
)

// A code gets its invite while it counts; whatever is wrong with a code has one answer,
// and guessing is slowed down.
func TestInvitesByCode(t *testing.T) {
	r := newRig(t)
	inv, sealed := r.invite(t, nil)
	data, err := sealed.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	put := func(ends time.Time) string {
		c, err := exchange.NewInviteCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		kept := intake.InviteOf(inv)
		kept.ID, kept.Ends = c, ends
		if err := r.store.PutInvites(t.Context(), []store.Coded{{Invite: kept, Code: exchange.CodeDigest(c), Sealed: data}}); err != nil {
			t.Fatal(err)
		}
		return c
	}
	good, old, revoked := put(time.Now().Add(time.Hour)), put(time.Now().Add(-time.Hour)), put(time.Now().Add(time.Hour))
	if err := r.store.Revoke(t.Context(), revoked, time.Now()); err != nil {
		t.Fatal(err)
	}
	got, err := r.client.Invite(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := got.Bytes(); err != nil || string(again) != string(data) {
		t.Errorf("another invite: %v", err)
	}
	for _, c := range []string{old, revoked, "U" + good[1:], "x/../y", good + "0"} {
		if _, err := r.client.Invite(t.Context(), c); code(err) != "invite.unknown" {
			t.Errorf("%q: %v", c, err)
		}
	}
	last := ""
	for range 100 {
		_, err := r.client.Invite(t.Context(), old)
		last = code(err)
	}
	if last != "invite.often" {
		t.Errorf("after many tries: %s", last)
	}
}
