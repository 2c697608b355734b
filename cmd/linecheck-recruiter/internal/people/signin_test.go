package people

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Whatever is wrong, the error is the same one, word for word.
func TestWhoDoesNotGetIn(t *testing.T) {
	p := somePeople(t)
	a, disabled := enrolled(t, p, "ana", Admin), enrolled(t, p, "ben", Recruiter)
	if err := p.Disable(t.Context(), disabled.ID, noon()); err != nil {
		t.Fatal(err)
	}
	code, _ := added(t, p, "cid", Recruiter)
	unset := account{secret: begun(t, p, code)}
	for name, c := range map[string]struct {
		people                *People
		login, password, code string
	}{
		"nobody":                 {p, "zoe", password, a.code(t, 0)},
		"no login":               {p, "", password, a.code(t, 0)},
		"10 kB of login":         {p, strings.Repeat("a", 10_000), password, a.code(t, 0)},
		"a wrong password":       {p, "ana", password + "!", a.code(t, 0)},
		"no password":            {p, "ana", "", a.code(t, 0)},
		"1 MB of password":       {p, "ana", strings.Repeat(password, 50_000), a.code(t, 0)},
		"a wrong code":           {p, "ana", password, "000000"},
		"no code":                {p, "ana", password, ""},
		"another's code":         {p, "ana", password, disabled.code(t, 0)},
		"a code from before":     {p, "ana", password, a.code(t, -2)},
		"a code from later":      {p, "ana", password, a.code(t, 2)},
		"disabled":               {p, "ben", password, disabled.code(t, 0)},
		"never set up":           {p, "cid", "", unset.code(t, 0)},
		"another organisation's": {others(t, p), "ana", password, a.code(t, 0)},
	} {
		who, err := c.people.SignIn(t.Context(), c.login, c.password, c.code, home, noon())
		if err != ErrWrong || who != (Person{}) {
			t.Errorf("%s: %+v %v", name, who, err)
		}
	}
	if who, err := p.SignIn(t.Context(), "ANA ", password, a.code(t, 0)[:3]+" "+a.code(t, 0)[3:], home, noon()); err != nil || who != a.Person {
		t.Errorf("%+v %v", who, err)
	}
}

// A code counts once, and none that is older than it; a step of drift is allowed either way.
func TestCodesCountOnce(t *testing.T) {
	p := somePeople(t)
	a := enrolled(t, p, "ana", Admin)
	for i, c := range []struct {
		step int // of the code, after noon
		now  time.Duration
		want error
	}{
		{-1, 0, ErrWrong}, // the setup's
		{1, 0, nil}, {1, 0, ErrWrong}, {0, 0, ErrWrong}, {1, 59 * time.Second, ErrWrong},
		{2, 90 * time.Second, nil}, {2, 90 * time.Second, ErrWrong}, {3, 90 * time.Second, nil},
		{4, 180 * time.Second, ErrWrong}, {8, 180 * time.Second, ErrWrong}, {6, 180 * time.Second, nil},
	} {
		_, err := p.SignIn(t.Context(), "ana", password, a.code(t, c.step), home, noon().Add(c.now))
		wants(t, fmt.Sprint(i), err, c.want)
	}
}

// However many send the same code at once, at whichever server, one gets in.
func TestACodeUsedAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *People) {
		servers := []*People{open(), open()}
		a := enrolled(t, servers[0], "ana", Admin)
		code := a.code(t, 0)
		var wait sync.WaitGroup
		var in atomic.Int32
		for i := range 8 {
			wait.Go(func() {
				_, err := servers[i%2].SignIn(context.Background(), "ana", password, code, home, noon())
				if err == nil {
					in.Add(1)
				} else if err != ErrWrong {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if in.Load() != 1 {
			t.Errorf("%d got in", in.Load())
		}
	})
}

// Who guesses waits, is let try again later, and does not keep the person out where they signed in from before.
func TestGuessingIsSlowed(t *testing.T) {
	p := somePeople(t)
	a := enrolled(t, p, "ana", Admin)
	if _, err := p.SignIn(t.Context(), "ana", password, a.code(t, 0), home, noon()); err != nil {
		t.Fatal(err)
	}
	guess := func(login, from string, now time.Time) error {
		t.Helper()
		_, err := p.SignIn(t.Context(), login, "wrong password", "000000", from, now)
		return err
	}
	// One address with many logins, each tried once.
	n := 0
	for ; guess(fmt.Sprint("x", n), "198.51.100.1:99", noon()) == ErrWrong; n++ {
	}
	if err := guess("x", "198.51.100.1:100", noon()); n != addressBurst || err != ErrOften {
		t.Errorf("one address: %d, then %v", n, err)
	}
	// One login from many addresses, whether it is anybody's or not.
	for _, login := range []string{"ana", "nobody"} {
		n = 0
		for ; guess(login, fmt.Sprintf("203.0.113.%d:1", n), noon()) == ErrWrong; n++ {
		}
		if n != loginBurst {
			t.Errorf("%s: %d", login, n)
		}
		wants(t, login+" later", guess(login, "203.0.113.200:1", noon().Add(loginEvery)), ErrWrong)
		wants(t, login+" later and again", guess(login, "203.0.113.200:1", noon().Add(loginEvery)), ErrOften)
	}
	later := noon().Add(loginEvery)
	if _, err := p.SignIn(t.Context(), "ana", password, a.code(t, 1), home, later); err != nil {
		t.Errorf("the person at home: %v", err)
	}
	_, err := p.SignIn(t.Context(), "ana", password, a.code(t, 2), "203.0.113.201:1", later.Add(time.Second))
	wants(t, "the person elsewhere, during that", err, ErrOften)
	if _, err = p.SignIn(t.Context(), "ana", password, a.code(t, 3), "203.0.113.201:1", later.Add(2*loginEvery)); err != nil {
		t.Errorf("the person elsewhere, after it: %v", err)
	}
}

// Who is right is never slowed: an office full of people behind one address gets in.
func TestWhoIsRightIsNotSlowed(t *testing.T) {
	p := somePeople(t)
	a := enrolled(t, p, "ana", Admin)
	for i := range addressBurst + 5 {
		now := noon().Add(time.Duration(i) * time.Millisecond)
		try := p.pace.try(fmt.Sprint(i), home, now)
		if try == nil {
			t.Fatalf("%d: too often", i)
		}
		try.good(now)
	}
	if _, err := p.SignIn(t.Context(), "ana", password, a.code(t, 0), home, noon().Add(time.Second)); err != nil {
		t.Error(err)
	}
}

// A login that is nobody's takes as long as a wrong password, and so does whoever never chose one.
func TestNobodyTakesAsLong(t *testing.T) {
	p := somePeople(t)
	a := enrolled(t, p, "ana", Admin)
	added(t, p, "ben", Admin)
	shortest := map[string]time.Duration{}
	alike := func() bool {
		for _, d := range shortest {
			if d < shortest[a.Login]*2/3 || d > shortest[a.Login]*3/2 {
				return false
			}
		}
		return true
	}
	for i := 0; i < 5 || i < 50 && !alike(); i++ { // the machine may be busy with other things
		for _, login := range []string{a.Login, "ben", "nobody"} {
			start := time.Now()
			_, err := p.SignIn(t.Context(), login, "wrong password", a.code(t, 0), fmt.Sprintf("192.0.2.%d:1", i), noon().Add(time.Duration(i)*loginEvery))
			wants(t, login, err, ErrWrong)
			if d := time.Since(start); shortest[login] == 0 || d < shortest[login] {
				shortest[login] = d
			}
		}
	}
	t.Log(shortest)
	if !alike() {
		t.Errorf("%v", shortest)
	}
}

// 200 people at once are all let in, in memory that does not grow with them.
func TestManyAtOnceInLittleMemory(t *testing.T) {
	const most = 128 << 20
	people := 200
	if testing.Short() {
		people = 50
	}
	p := somePeople(t)
	hash, err := p.hashing.make(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	secret := enrolled(t, p, "ana", Admin)
	s, err := p.store.PersonByID(t.Context(), secret.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		s.Login, s.Password = fmt.Sprint(i), hash
		if _, err := p.store.AddPerson(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	code := secret.code(t, 0)
	highest := watchMemory(t)
	start := time.Now()
	var wait sync.WaitGroup
	for i := range people {
		wait.Go(func() {
			if _, err := p.SignIn(context.Background(), fmt.Sprint(i), password, code, fmt.Sprintf("10.0.0.%d:1", i), noon()); err != nil {
				t.Error(i, err)
			}
		})
	}
	wait.Wait()
	used := highest()
	t.Logf("%v for %d sign-ins at once, %d MB at most", time.Since(start), people, used>>20)
	if used > most {
		t.Errorf("%d MB", used>>20)
	}
}

// watchMemory looks at the memory for objects, used and not yet collected, until the highest is asked for.
func watchMemory(t *testing.T) (highest func() uint64) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
		most := uint64(0)
		for tick := time.NewTicker(time.Millisecond); ; {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64()+sample[1].Value.Uint64())
			select {
			case <-stop:
				tick.Stop()
				done <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}

// Who gives up while they wait is not hashed for.
func TestGivingUp(t *testing.T) {
	p := somePeople(t)
	a := enrolled(t, p, "ana", Admin)
	for range hashesAtOnce {
		p.hashing <- struct{}{} // others are at it
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.SignIn(ctx, "ana", password, a.code(t, 0), home, noon()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	<-p.hashing
	if _, err := p.SignIn(t.Context(), "ana", password, a.code(t, 0), home, noon()); err != nil {
		t.Error(err)
	}
	if len(p.hashing) != hashesAtOnce-1 {
		t.Errorf("%d turns are not given back", len(p.hashing))
	}
}
