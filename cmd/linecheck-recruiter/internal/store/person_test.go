package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// another is another organisation in the same database.
func another(t *testing.T, s *store.Tenant) *store.Tenant {
	t.Helper()
	o, err := s.Tenant(t.Context(), "fedcba9876543210")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func add(t *testing.T, s *store.Tenant, p store.Person) store.Person {
	t.Helper()
	p, err := s.AddPerson(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func whole(login string) store.Person {
	return store.Person{Login: login, Name: "Ana", Role: "admin", Password: "$argon2id$", TOTP: "ABC", TOTPStep: 3, Subject: "https://id.example " + login,
		Setup: name("setup " + login), SetupEnds: noon(), Generation: 7, Disabled: noon().Add(time.Second), Created: noon().Add(-time.Second)}
}

// Everything of a person is kept, and each way of finding them finds them.
func TestPeople(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		b, a := add(t, s, whole("b@example.com")), add(t, s, store.Person{Login: "a@example.com"})
		for way, found := range map[string]func(*store.Tenant) (store.Person, error){
			"id":      func(s *store.Tenant) (store.Person, error) { return s.PersonByID(t.Context(), b.ID) },
			"login":   func(s *store.Tenant) (store.Person, error) { return s.PersonByLogin(t.Context(), b.Login) },
			"subject": func(s *store.Tenant) (store.Person, error) { return s.PersonBySubject(t.Context(), b.Subject) },
			"setup":   func(s *store.Tenant) (store.Person, error) { return s.PersonBySetup(t.Context(), b.Setup) },
		} {
			got, err := found(open())
			if d := cmp.Diff(b, got); err != nil || d != "" {
				t.Errorf("by %s: %v %s", way, err, d)
			}
			if got, err := found(another(t, s)); !errors.Is(err, store.ErrNoPerson) {
				t.Errorf("another organisation finds them by %s: %+v %v", way, got, err)
			}
		}
		list, err := s.People(t.Context())
		if d := cmp.Diff([]store.Person{a, b}, list); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		if list, err := another(t, s).People(t.Context()); len(list) != 0 || err != nil {
			t.Errorf("another organisation sees %+v %v", list, err)
		}
	})
}

// What is empty is nobody's: who has no subject and no link is not found by having none.
func TestNobodyIsFoundByWhatTheyDoNotHave(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		add(t, s, store.Person{Login: "a"})
		add(t, s, store.Person{Login: "b"})
		if p, err := s.PersonBySubject(t.Context(), ""); !errors.Is(err, store.ErrNoPerson) {
			t.Errorf("%+v %v", p, err)
		}
		if p, err := s.PersonBySetup(t.Context(), ""); !errors.Is(err, store.ErrNoPerson) {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestALoginIsOnePersons(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		first := add(t, s, store.Person{Login: "a", Name: "first"})
		if _, err := s.AddPerson(t.Context(), store.Person{Login: "a", Name: "second"}); !errors.Is(err, store.ErrLoginTaken) {
			t.Errorf("%v", err)
		}
		if got, err := s.PersonByLogin(t.Context(), "a"); got != first || err != nil {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := another(t, s).AddPerson(t.Context(), store.Person{Login: "a"}); err != nil {
			t.Errorf("at another organisation: %v", err)
		}
		// Nor is a subject or a link ever two people's.
		add(t, s, whole("c"))
		for _, p := range []store.Person{{Login: "d", Subject: whole("c").Subject}, {Login: "d", Setup: whole("c").Setup}} {
			if _, err := s.AddPerson(t.Context(), p); err == nil {
				t.Errorf("%+v was added", p)
			}
		}
	})
}

func TestChangePerson(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		a, b := add(t, s, store.Person{Login: "a"}), add(t, s, store.Person{Login: "b"})
		want := whole("a2")
		want.ID = a.ID
		got, err := s.ChangePerson(t.Context(), a.ID, func(p *store.Person, all []store.Person) error {
			if d := cmp.Diff([]store.Person{a, b}, all); d != "" || *p != a {
				t.Errorf("%+v %s", p, d)
			}
			*p = want
			return nil
		})
		if got != want || err != nil {
			t.Errorf("%+v %v", got, err)
		}
		if got, err := open().PersonByID(t.Context(), a.ID); got != want || err != nil {
			t.Errorf("%+v %v", got, err)
		}
		no := errors.New("no")
		if _, err := s.ChangePerson(t.Context(), b.ID, func(p *store.Person, _ []store.Person) error { p.Name = "changed"; return no }); !errors.Is(err, no) {
			t.Errorf("%v", err)
		}
		if got, err := s.PersonByID(t.Context(), b.ID); got != b || err != nil {
			t.Errorf("changed in spite of the error: %+v %v", got, err)
		}
		for _, c := range []struct {
			s  *store.Tenant
			id int64
		}{{s, 99}, {another(t, s), a.ID}} {
			if _, err := c.s.ChangePerson(t.Context(), c.id, func(*store.Person, []store.Person) error { t.Error("called"); return nil }); !errors.Is(err, store.ErrNoPerson) {
				t.Errorf("%v", err)
			}
		}
	})
}

// Changes come one after the other, whoever they are of: none is lost, and each sees the ones before it.
func TestChangesAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		stores := []*store.Tenant{open(), open()} // as two servers
		var ids []int64
		for i := range 3 {
			ids = append(ids, add(t, stores[0], store.Person{Login: fmt.Sprint(i)}).ID)
		}
		var wait sync.WaitGroup
		for i := range 30 {
			wait.Go(func() {
				_, err := stores[i%2].ChangePerson(context.Background(), ids[i%3], func(p *store.Person, all []store.Person) error {
					for _, q := range all {
						p.TOTPStep = max(p.TOTPStep, q.TOTPStep+1)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		list, err := stores[0].People(t.Context())
		highest := int64(0)
		for _, p := range list {
			highest = max(highest, p.TOTPStep)
		}
		if highest != 30 || err != nil {
			t.Errorf("30 changes counted to %d (%v)", highest, err)
		}
	})
}
