package people

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestVisit(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		p := open()
		_, ana := added(t, p, "ana", Recruiter)
		b := &browser{people: p}
		if who, ok := b.current(t); ok || b.cookie != nil {
			t.Errorf("nobody is %+v, with the cookie %v", who, b.cookie)
		}
		w := b.enter(t, ana)
		if got := w.Header().Get("Set-Cookie"); !strings.HasPrefix(got, "__Host-linecheck=") || !strings.HasSuffix(got, "; Path=/; HttpOnly; Secure; SameSite=Lax") {
			t.Errorf("cookie %q", got)
		}
		for _, server := range []*People{p, open()} {
			b.people = server
			if who, ok := b.current(t); !ok || who != ana {
				t.Errorf("%+v %v", who, ok)
			}
		}
		used := b.cookie
		b.do(t, func(ctx context.Context) {
			if err := b.people.Leave(ctx); err != nil {
				t.Error(err)
			}
			if who, ok := b.people.Current(ctx); ok {
				t.Errorf("left, and is still %+v", who)
			}
		})
		if b.cookie != nil {
			t.Errorf("the browser keeps %v", b.cookie)
		}
		b.cookie = used
		if who, ok := b.current(t); ok {
			t.Errorf("left, and the cookie still is %+v's", who)
		}
	})
}

// A visit that somebody else began is worth nothing to them once a person signs in.
func TestFixation(t *testing.T) {
	p := somePeople(t)
	_, ana := added(t, p, "ana", Admin)
	_, ben := added(t, p, "ben", Support)
	attacker := &browser{people: p}
	attacker.do(t, func(ctx context.Context) { p.visits.Put(ctx, "left", "behind") })
	if attacker.cookie == nil {
		t.Fatal("no visit to plant")
	}
	for name, planted := range map[string]*http.Cookie{"known": attacker.cookie, "invented": {Name: CookieName, Value: "invented"}} {
		victim := &browser{people: p, cookie: planted}
		victim.enter(t, ana)
		if victim.cookie.Value == planted.Value {
			t.Errorf("%s: the token stays", name)
		}
		if who, ok := (&browser{people: p, cookie: planted}).current(t); ok {
			t.Errorf("%s: the planted token is %+v's", name, who)
		}
		victim.do(t, func(ctx context.Context) {
			if got := p.visits.GetString(ctx, "left"); got != "" {
				t.Errorf("%s: %q was left behind", name, got)
			}
		})
		// Nor is the visit of whoever signs in over another's theirs.
		before := victim.cookie
		victim.enter(t, ben)
		if who, ok := victim.current(t); !ok || who != ben {
			t.Errorf("%s: %+v", name, who)
		}
		if who, ok := (&browser{people: p, cookie: before}).current(t); ok {
			t.Errorf("%s: the visit before is still %+v's", name, who)
		}
	}
}

// Who is demoted, disabled or renewed loses what they may with their next question, and
// does not get the visit back; who is another's person is nobody here.
func TestRightsAreLostAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		p := open()
		added(t, p, "root", Admin)
		_, ana := added(t, p, "ana", Admin)
		b, second := &browser{people: open()}, &browser{people: open()}
		b.enter(t, ana)
		second.enter(t, ana)
		b.do(t, func(ctx context.Context) {
			if who, ok := b.people.Current(ctx); !ok || !who.May(Manage) {
				t.Fatalf("%+v %v", who, ok)
			}
			if err := p.SetRole(ctx, ana.ID, Support); err != nil {
				t.Error(err)
			}
			if who, ok := b.people.Current(ctx); !ok || who.May(Manage) || !who.May(See) {
				t.Errorf("demoted: %+v %v", who, ok)
			}
			if err := p.Disable(ctx, ana.ID, noon()); err != nil {
				t.Error(err)
			}
			if who, ok := b.people.Current(ctx); ok {
				t.Errorf("disabled: %+v", who)
			}
		})
		if err := p.Enable(t.Context(), ana.ID); err != nil {
			t.Error(err)
		}
		for _, b := range []*browser{b, second} {
			if who, ok := b.current(t); ok {
				t.Errorf("enabled again, and the visit is back: %+v", who)
			}
		}
		o := others(t, p)
		if _, twin := added(t, o, "ana", Admin); twin.ID == ana.ID {
			t.Errorf("two people of the id %d", twin.ID)
		}
		_, now := added(t, p, "now", Admin)
		b.enter(t, now)
		elsewhere := &browser{people: o, cookie: b.cookie}
		if who, ok := elsewhere.current(t); ok {
			t.Errorf("at another organisation: %+v", who)
		}
		elsewhere.enter(t, now) // a mistake there gives nothing either
		if who, ok := elsewhere.current(t); ok {
			t.Errorf("another organisation's person: %+v", who)
		}
	})
}

// A page that is still being made when its visit is ended does not bring the visit back.
func TestLeavingBesideAnotherPage(t *testing.T) {
	p := somePeople(t)
	_, ana := added(t, p, "ana", Admin)
	b := &browser{people: p}
	b.enter(t, ana)
	same := &browser{people: p, cookie: b.cookie}
	b.do(t, func(ctx context.Context) {
		p.visits.Put(ctx, "changed", "meanwhile")
		same.do(t, func(ctx context.Context) {
			if err := p.Leave(ctx); err != nil {
				t.Error(err)
			}
		})
	})
	if who, ok := b.current(t); ok {
		t.Errorf("%+v is back", who)
	}
}

// A visit ends half an hour after the last question, and twelve hours after it was begun.
func TestVisitsEnd(t *testing.T) {
	p := somePeople(t)
	_, ana := added(t, p, "ana", Admin)
	synctest.Test(t, func(t *testing.T) {
		b := &browser{people: p}
		b.do(t, func(ctx context.Context) { p.visits.Put(ctx, "begun", "before") })
		time.Sleep(20 * time.Minute)
		b.enter(t, ana)
		entered := time.Now()
		for time.Since(entered) < visitLife-29*time.Minute {
			time.Sleep(29 * time.Minute)
			if _, ok := b.current(t); !ok {
				t.Fatalf("after %v it has ended", time.Since(entered))
			}
		}
		time.Sleep(time.Until(entered.Add(visitLife)))
		if _, ok := b.current(t); ok {
			t.Errorf("after %v it goes on", time.Since(entered))
		}
		b.enter(t, ana)
		time.Sleep(visitIdle)
		if _, ok := b.current(t); ok {
			t.Error("idle, it goes on")
		}
	})
}

// Where the database is away nobody is signed in, and the answer tells nothing.
func TestVisitsWithoutDatabase(t *testing.T) {
	p := somePeople(t)
	_, ana := added(t, p, "ana", Admin)
	b := &browser{people: p}
	b.enter(t, ana)
	b.do(t, func(ctx context.Context) {
		if err := p.store.Close(); err != nil {
			t.Error(err)
		}
		if who, ok := p.Current(ctx); ok {
			t.Errorf("%+v", who)
		}
	})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(b.cookie)
	w := httptest.NewRecorder()
	p.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("served") })).ServeHTTP(w, r)
	if w.Code != http.StatusInternalServerError || w.Body.String() != "the server failed; try again later\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
