package people

import (
	"context"
	"errors"
	"sync"
	"testing"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

func TestTheLastAdmin(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		p := open()
		_, ana := added(t, p, "ana", Admin)
		_, ben := added(t, p, "ben", Admin)
		_, cid := added(t, p, "cid", Recruiter)
		added(t, others(t, p), "dan", Admin) // does not count here
		steps := []struct {
			what string
			err  error
			want error
		}{
			{"one of two", p.SetRole(t.Context(), ana.ID, Support), nil},
			{"the last, demoted", p.SetRole(t.Context(), ben.ID, Recruiter), ErrLastAdmin},
			{"the last, disabled", p.Disable(t.Context(), ben.ID, noon()), ErrLastAdmin},
			{"the last, as they are", p.SetRole(t.Context(), ben.ID, Admin), nil},
			{"somebody else", p.Disable(t.Context(), cid.ID, noon()), nil},
			{"a disabled admin", p.SetRole(t.Context(), cid.ID, Admin), nil},
			{"the last that may sign in", p.Disable(t.Context(), ben.ID, noon()), ErrLastAdmin},
			{"the other again", p.Enable(t.Context(), cid.ID), nil},
			{"then the one", p.Disable(t.Context(), ben.ID, noon()), nil},
			{"who is disabled, demoted", p.SetRole(t.Context(), ben.ID, Support), nil},
			{"nobody", p.Disable(t.Context(), 999, noon()), store.ErrNoPerson},
			{"no role", p.SetRole(t.Context(), ana.ID, "root"), ErrRole},
		}
		for _, s := range steps {
			wants(t, s.what, s.err, s.want)
		}
		o := others(t, p)
		_, err := o.Renew(t.Context(), cid.ID, noon())
		for what, err := range map[string]error{
			"disabled": o.Disable(t.Context(), ana.ID, noon()), "demoted": o.SetRole(t.Context(), ana.ID, Admin), "enabled": o.Enable(t.Context(), ben.ID), "renewed": err,
		} {
			wants(t, what+" by another organisation", err, store.ErrNoPerson)
		}
	})
}

// Where there is no admin, as before the first one is added, nobody is the last one.
func TestWithoutAnAdmin(t *testing.T) {
	p := somePeople(t)
	_, ana := added(t, p, "ana", Recruiter)
	wants(t, "demoted", p.SetRole(t.Context(), ana.ID, Support), nil)
	wants(t, "disabled", p.Disable(t.Context(), ana.ID, noon()), nil)
}

// Two admins that put each other out at the same moment, at two servers: one of them stays.
func TestTheLastTwoAdminsAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		one, two := open(), open()
		_, ana := added(t, one, "ana", Admin)
		_, ben := added(t, one, "ben", Admin)
		ctx := context.Background()
		for round := range 30 {
			var wait sync.WaitGroup
			var errs [2]error
			wait.Go(func() { errs[0] = one.Disable(ctx, ana.ID, noon()) })
			wait.Go(func() { errs[1] = two.SetRole(ctx, ben.ID, Support) })
			wait.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), ErrLastAdmin) {
				t.Fatalf("round %d: %v", round, errs)
			}
			// As before.
			if err := errors.Join(one.Enable(ctx, ana.ID), one.SetRole(ctx, ben.ID, Admin)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Whoever gets a new link has lost whatever they signed in by.
func TestRenew(t *testing.T) {
	p := somePeople(t)
	a := enrolled(t, p, "ana", Admin)
	b := &browser{people: p}
	b.enter(t, a.Person)
	code, err := p.Renew(t.Context(), a.ID, noon())
	if err != nil {
		t.Fatal(err)
	}
	if who, ok := b.current(t); ok {
		t.Errorf("the visit goes on: %+v", who)
	}
	_, err = p.SignIn(t.Context(), "ana", password, a.code(t, 0), home, noon())
	wants(t, "the former password", err, ErrWrong)
	if again := begun(t, p, code); again == a.secret {
		t.Error("the secret of the codes is the former one")
	}
	newer, err := p.Renew(t.Context(), a.ID, noon())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = p.BeginSetup(t.Context(), code, noon())
	wants(t, "the link before", err, ErrSetup)
	if _, _, err = p.BeginSetup(t.Context(), newer, noon()); err != nil {
		t.Error(err)
	}
}
