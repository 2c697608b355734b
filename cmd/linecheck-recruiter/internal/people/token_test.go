package people

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report/crockford"
)

func month() time.Time { return noon().AddDate(0, 1, 0) }

func newToken(t testing.TB, p *People, by Person, role Role) string {
	t.Helper()
	token, err := p.NewToken(t.Context(), by, "ats", role, month(), noon())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokens(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		p := open()
		_, ana := added(t, p, "ana", Admin)
		token := newToken(t, p, ana, Recruiter)
		if !strings.HasPrefix(token, "lct_") || len(token) != 36 {
			t.Errorf("%q", token)
		}
		second := noon().Add(time.Second)
		k, err := p.ByToken(t.Context(), "Bearer "+token, second)
		want := Token{ID: k.ID, Name: "ats", Role: Recruiter, By: "ana", Created: noon(), Ends: month(), Used: second}
		if d := cmp.Diff(want, k); err != nil || d != "" || !k.May(Invite) || k.May(Erase) {
			t.Errorf("%v %s", err, d)
		}
		// When it was used is known to the minute.
		if k, err = p.ByToken(t.Context(), "bearer  "+token, second.Add(usedSlack)); k.Used != second || err != nil {
			t.Errorf("%v %v", k.Used, err)
		}
		later := second.Add(usedSlack + time.Second)
		if _, err = p.ByToken(t.Context(), "Bearer "+token, later); err != nil {
			t.Error(err)
		}
		want.Used = later
		list, err := open().Tokens(t.Context())
		if d := cmp.Diff([]Token{want}, list); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		o := others(t, p)
		_, err = o.ByToken(t.Context(), "Bearer "+token, noon())
		wants(t, "another organisation", err, ErrToken)
		wants(t, "another organisation", o.RevokeToken(t.Context(), k.ID, noon()), store.ErrNoToken)
		if err := p.RevokeToken(t.Context(), k.ID, later); err != nil {
			t.Error(err)
		}
		_, err = open().ByToken(t.Context(), "Bearer "+token, later)
		wants(t, "revoked", err, ErrToken)
	})
}

func TestTokensThatDoNotCount(t *testing.T) {
	p := somePeople(t)
	_, ana := added(t, p, "ana", Admin)
	token := newToken(t, p, ana, Recruiter)
	for name, c := range map[string]struct {
		header string
		now    time.Time
	}{
		"none":         {"", noon()},
		"expired":      {"Bearer " + token, month()},
		"unknown":      {"Bearer lct_" + strings.Repeat("0", 32), noon()},
		"its digest":   {"Bearer " + digest(token), noon()},
		"small":        {"Bearer " + strings.ToLower(token), noon()},
		"no scheme":    {token, noon()},
		"Basic":        {"Basic " + token, noon()},
		"cut":          {"Bearer " + token[:35], noon()},
		"longer":       {"Bearer " + token + "0", noon()},
		"two":          {"Bearer " + token + " " + token, noon()},
		"no prefix":    {"Bearer " + token[4:], noon()},
		"with a comma": {"Bearer " + token + ",", noon()},
		"a tab":        {"Bearer\t" + token, noon()},
		"1 MB":         {"Bearer lct_" + strings.Repeat("0", 1<<20), noon()},
	} {
		k, err := p.ByToken(t.Context(), c.header, c.now)
		if err != ErrToken || k != (Token{}) {
			t.Errorf("%s: %+v %v", name, k, err)
		}
	}
}

func TestNobodyGivesMoreThanTheyHave(t *testing.T) {
	p := somePeople(t)
	for _, role := range Roles() {
		_, by := added(t, p, string(role), role)
		for _, given := range append(Roles(), "", "root") {
			want := ErrRights
			if role.covers(given) {
				want = nil
			}
			_, err := p.NewToken(t.Context(), by, "x", given, month(), noon())
			wants(t, string(role)+" gives "+string(given), err, want)
		}
	}
	_, ana := added(t, p, "ana", Admin)
	// What they have now counts, not what they had when the page was made.
	if err := p.SetRole(t.Context(), ana.ID, Support); err != nil {
		t.Fatal(err)
	}
	_, err := p.NewToken(t.Context(), ana, "x", Recruiter, month(), noon())
	wants(t, "demoted", err, ErrRights)
	if err := p.Disable(t.Context(), ana.ID, noon()); err != nil {
		t.Fatal(err)
	}
	_, err = p.NewToken(t.Context(), ana, "x", Support, month(), noon())
	wants(t, "disabled", err, ErrRights)
	_, err = others(t, p).NewToken(t.Context(), ana, "x", Support, month(), noon())
	wants(t, "another organisation's", err, store.ErrNoPerson)
}

// A token is worth no more than its maker is now.
func TestATokenFollowsItsMaker(t *testing.T) {
	p := somePeople(t)
	added(t, p, "root", Admin)
	_, ana := added(t, p, "ana", Admin)
	token := newToken(t, p, ana, Recruiter)
	role := func() Role {
		t.Helper()
		k, err := p.ByToken(t.Context(), "Bearer "+token, noon())
		if err != nil {
			t.Error(err)
		}
		return k.Role
	}
	for _, has := range []struct{ maker, token Role }{{Recruiter, Recruiter}, {Support, Support}, {Admin, Recruiter}} {
		if err := p.SetRole(t.Context(), ana.ID, has.maker); err != nil {
			t.Error(err)
		}
		if got := role(); got != has.token {
			t.Errorf("its maker is %s, and it is %s", has.maker, got)
		}
	}
	if err := p.Disable(t.Context(), ana.ID, noon()); err != nil {
		t.Error(err)
	}
	_, err := p.ByToken(t.Context(), "Bearer "+token, noon())
	wants(t, "its maker is disabled", err, ErrToken)
	if err := p.Enable(t.Context(), ana.ID); err != nil {
		t.Error(err)
	}
	if got := role(); got != Recruiter {
		t.Errorf("%s", got)
	}
}

func TestTokensThatAreNotMade(t *testing.T) {
	p := somePeople(t)
	_, ana := added(t, p, "ana", Admin)
	for name, c := range map[string]struct {
		name string
		ends time.Time
		want error
	}{
		"no name":       {" ", month(), ErrName},
		"a long name":   {strings.Repeat("x", 201), month(), ErrName},
		"ended":         {"x", noon(), ErrTokenEnds},
		"never ends":    {"x", time.Time{}, ErrTokenEnds},
		"ends too late": {"x", noon().Add(longestEnd + 1), ErrTokenEnds},
	} {
		_, err := p.NewToken(t.Context(), ana, c.name, Support, c.ends, noon())
		wants(t, name, err, c.want)
	}
}

// Whatever stands in the header, reading it ends, and what is read is a token of ours.
func FuzzBearer(f *testing.F) {
	f.Add("Bearer lct_" + strings.Repeat("7K2QF9XW", 4))
	f.Add("bearer   lct_" + strings.Repeat("0", 32) + "  ")
	f.Add("Basic dXNlcjpwYXNz")
	f.Add("Bearer lct_" + strings.Repeat("é", 16))
	f.Fuzz(func(t *testing.T, header string) {
		token, ok := bearer(header)
		if !ok {
			if token != "" {
				t.Errorf("%q gives %q", header, token)
			}
			return
		}
		code, prefixed := strings.CutPrefix(token, "lct_")
		if b, err := crockford.Decode(code); err != nil || !prefixed || len(b) != randomBytes || !strings.Contains(header, token) {
			t.Errorf("%q is read as %q", header, token)
		}
		if again, ok := bearer("Bearer " + token); !ok || again != token {
			t.Errorf("%q is read as %q", token, again)
		}
	})
}
