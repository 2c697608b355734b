package people

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestSetup(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		p := open()
		code, ana := added(t, p, "ana@jobs.example", Recruiter)
		link, err := url.Parse(SetupLink(origin(), code))
		if err != nil || link.Path != "/portal/setup" || link.Query().Get("code") != code || link.Host != "jobs.example:8443" {
			t.Errorf("%v %v", link, err)
		}
		who, address, err := p.BeginSetup(t.Context(), code, noon())
		if err != nil || who.ID != ana.ID || !strings.HasPrefix(address, "otpauth://totp/jobs.example:ana@jobs.example?") {
			t.Fatalf("%+v %s %v", who, address, err)
		}
		// Looked at again, at another server, as people type it: the same secret.
		_, again, err := open().BeginSetup(t.Context(), strings.ToLower(code[:16])+" "+code[16:], noon().Add(setupLife-time.Second))
		if again != address || err != nil {
			t.Errorf("%s, then %s, %v", address, again, err)
		}
		a := account{secret: begun(t, p, code)}
		done, err := p.FinishSetup(t.Context(), code, password, a.code(t, 0), noon())
		if err != nil || !done.Password || !done.Link.IsZero() {
			t.Fatalf("%+v %v", done, err)
		}
		_, err = p.FinishSetup(t.Context(), code, password+"!", a.code(t, 1), noon())
		wants(t, "the link a second time", err, ErrSetup)
		_, _, err = p.BeginSetup(t.Context(), code, noon())
		wants(t, "the link looked at again", err, ErrSetup)
		_, err = p.SignIn(t.Context(), "ana@jobs.example", password, a.code(t, 0), home, noon())
		wants(t, "the code that the setup used", err, ErrWrong)
		if _, err = p.SignIn(t.Context(), "ana@jobs.example", password, a.code(t, 1), home, noon()); err != nil {
			t.Error(err)
		}
	})
}

func TestLinksThatDoNotCount(t *testing.T) {
	p := somePeople(t)
	code, _ := added(t, p, "ana", Admin)
	secret := account{secret: begun(t, p, code)}
	disabled, ben := added(t, p, "ben", Recruiter)
	if err := p.Disable(t.Context(), ben.ID, noon()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		people *People
		code   string
		now    time.Time
	}{
		"none":                   {p, "", noon()},
		"unknown":                {p, strings.Repeat("0", 32), noon()},
		"expired":                {p, code, noon().Add(setupLife)},
		"who is disabled":        {p, disabled, noon()},
		"another organisation's": {others(t, p), code, noon()},
		"its digest":             {p, digest(code), noon()},
	} {
		_, _, err := c.people.BeginSetup(t.Context(), c.code, c.now)
		wants(t, name, err, ErrSetup)
		_, err = c.people.FinishSetup(t.Context(), c.code, password, secret.code(t, 0), c.now)
		wants(t, name, err, ErrSetup)
	}
}

func TestPasswordsThatAreNotTaken(t *testing.T) {
	p := somePeople(t)
	code, _ := added(t, p, "ana@jobs.example", Admin)
	a := account{secret: begun(t, p, code)}
	for given, want := range map[string]error{
		"":                         ErrShortPassword,
		"elevenchars":              ErrShortPassword,
		"ééééééééééé":              ErrShortPassword, // eleven, whatever their bytes
		"e\u0301\u0301\u0301abcde": ErrShortPassword,
		strings.Repeat("x ", 101):  ErrLongPassword,
		"ANA@jobs.example":         ErrCommonPassword,
		"PasswordPassword":         ErrCommonPassword,
		"123456789012":             ErrCommonPassword,
		"zzzzzzzzzzzzzz":           ErrCommonPassword,
	} {
		_, err := p.FinishSetup(t.Context(), code, given, a.code(t, 0), noon())
		wants(t, given, err, want)
	}
	for _, wrong := range []string{"", "12345", "1234567", "abcdef", a.code(t, 2), a.code(t, -2)} {
		_, err := p.FinishSetup(t.Context(), code, password, wrong, noon())
		wants(t, "code "+wrong, err, ErrCode)
	}
	never, _ := added(t, p, "ben", Admin)
	_, err := p.FinishSetup(t.Context(), never, password, account{secret: ""}.code(t, 0), noon())
	wants(t, "before there is a secret", err, ErrCode)
	// A password counts in whichever spelling a keyboard writes it.
	if _, err := p.FinishSetup(t.Context(), code, "caf\u00e9 au lait!", a.code(t, 0), noon()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.SignIn(t.Context(), "ana@jobs.example", "cafe\u0301 au lait!", a.code(t, 1), home, noon()); err != nil {
		t.Error(err)
	}
}

// A link is used once, however many use it at once; whoever looks at it at once sees one secret.
func TestALinkUsedAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		servers := []*People{open(), open()}
		code, _ := added(t, servers[0], "ana", Admin)
		var wait sync.WaitGroup
		var addresses [8]string
		for i := range addresses {
			wait.Go(func() { _, addresses[i], _ = servers[i%2].BeginSetup(context.Background(), code, noon()) })
		}
		wait.Wait()
		for _, a := range addresses {
			if a == "" || a != addresses[0] {
				t.Fatalf("secrets: %q", addresses)
			}
		}
		a := account{secret: begun(t, servers[0], code)}
		typed := a.code(t, 0)
		var done atomic.Int32
		for i := range 8 {
			wait.Go(func() {
				_, err := servers[i%2].FinishSetup(context.Background(), code, password, typed, noon())
				if err == nil {
					done.Add(1)
				} else if !errors.Is(err, ErrSetup) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if done.Load() != 1 {
			t.Errorf("%d chose a password", done.Load())
		}
	})
}
