package people

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

func TestAdd(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		p := open()
		code, ana, err := p.Add(t.Context(), " Ana@Jobs.Example ", " Ana Ruiz ", Admin, noon())
		if err != nil || len(code) != 32 {
			t.Fatal(code, err)
		}
		want := Person{ID: ana.ID, Login: "ana@jobs.example", Name: "Ana Ruiz", Role: Admin, Link: noon().Add(setupLife), Created: noon()}
		if d := cmp.Diff(want, ana, cmpopts.IgnoreUnexported(Person{})); d != "" {
			t.Error(d)
		}
		_, _, err = p.Add(t.Context(), "ANA@jobs.example", "", Support, noon())
		wants(t, "the same login in capitals", err, store.ErrLoginTaken)
		_, ben := added(t, p, "ben", Support)
		list, err := open().List(t.Context())
		if d := cmp.Diff([]Person{ana, ben}, list, cmpopts.IgnoreUnexported(Person{})); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		if got, err := p.ByLogin(t.Context(), "ana@JOBS.example"); got != ana || err != nil {
			t.Errorf("%+v %v", got, err)
		}
		o := others(t, p)
		if list, err := o.List(t.Context()); len(list) != 0 || err != nil {
			t.Errorf("another organisation sees %+v %v", list, err)
		}
		_, err = o.ByLogin(t.Context(), "ben")
		wants(t, "another organisation", err, store.ErrNoPerson)
		added(t, o, "ben", Admin) // is somebody else there
	})
}

func TestWhoCannotBeAdded(t *testing.T) {
	p := somePeople(t)
	for name, c := range map[string]struct {
		login, name string
		role        Role
		want        error
	}{
		"no login":         {" ", "", Admin, ErrLogin},
		"a space":          {"a b", "", Admin, ErrLogin},
		"a line":           {"a\nb", "", Admin, ErrLogin},
		"too long":         {strings.Repeat("a", 201), "", Admin, ErrLogin},
		"a kelvin sign":    {"\u212aarl@jobs.example", "", Admin, ErrLogin},
		"a cyrillic a":     {"аna@jobs.example", "", Admin, ErrLogin},
		"no text":          {"a\xff", "", Admin, ErrLogin},
		"a long name":      {"a", strings.Repeat("ä", 201), Admin, ErrName},
		"a name in lines":  {"a", "a\nb", Admin, ErrName},
		"a name of no utf": {"a", "\xff", Admin, ErrName},
		"no role":          {"a", "", "", ErrRole},
		"a strange role":   {"a", "", "root", ErrRole},
	} {
		_, _, err := p.Add(t.Context(), c.login, c.name, c.role, noon())
		wants(t, name, err, c.want)
	}
	if list, err := p.List(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("%+v %v", list, err)
	}
	if _, _, err := p.Add(t.Context(), strings.Repeat("a", 200), strings.Repeat("ä", 200), Support, noon()); err != nil {
		t.Error(err)
	}
}

// Nothing that signs somebody in is kept as it is.
func TestWhatIsKept(t *testing.T) {
	p := somePeople(t)
	code, who := added(t, p, "ana", Recruiter)
	s, err := p.store.PersonByID(t.Context(), who.ID)
	if err != nil || strings.Contains(s.Setup, code) || len(s.Setup) != 64 {
		t.Errorf("the link's code is kept as %q (%v)", s.Setup, err)
	}
	a := enrolled(t, p, "ben", Admin)
	if s, err = p.store.PersonByID(t.Context(), a.ID); err != nil || !strings.HasPrefix(s.Password, "$argon2id$v=19$m=12288,t=3,p=1$") {
		t.Errorf("the password is kept as %q (%v)", s.Password, err)
	}
	b := &browser{people: p}
	b.enter(t, a.Person)
	if data, ok, err := p.store.Visit(t.Context(), b.cookie.Value, noon()); ok || err != nil {
		t.Errorf("the cookie's value is kept as it is, with %q (%v)", data, err)
	}
	token, err := p.NewToken(t.Context(), a.Person, "ats", Support, noon().AddDate(0, 1, 0), noon())
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.store.Tokens(t.Context())
	if err != nil || len(list) != 1 || len(list[0].Digest) != 64 || strings.Contains(list[0].Digest, token) {
		t.Errorf("the token is kept as %+v (%v)", list, err)
	}
}
