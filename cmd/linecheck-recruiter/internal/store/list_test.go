package store_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"linecheck/cmd/linecheck-recruiter/internal/store"
	"linecheck/report"
)

// sample is a report as the list is to tell of it, kept by the test itself.
type sample struct {
	digest, applicant, name, role, region, verdict, decision string
	observed                                                 bool
	received                                                 time.Time
	n                                                        int // order of arrival
}

// fill takes n reports in whose properties are drawn, several in the same millisecond.
func fill(t *testing.T, s *store.Tenant, n int) (list []sample) {
	t.Helper()
	draw := rand.New(rand.NewPCG(9, 9))
	pick := func(list ...string) string { return list[draw.IntN(len(list))] }
	for i := range n {
		x := sample{
			digest: name(fmt.Sprint("r", i)), applicant: fmt.Sprintf("%s-%d", pick("EU", "ap", "Äs"), draw.IntN(n/2)), name: pick("", "Maria Lopez", "José Lópéz", "Łucja Müller", "maria de la Cruz"),
			role: pick("customer-service", "sales"), region: pick("EU", "AP", "US"), verdict: pick("ready", "not-ready", "inconclusive"), observed: draw.IntN(2) == 0,
			received: noon().Add(time.Duration(draw.IntN(n/3)) * time.Hour), n: i,
		}
		if draw.IntN(30) == 0 {
			x.region = "Mars"
		}
		inv := store.Invite{ID: fmt.Sprint("i", i), Applicant: x.applicant, Name: x.name, Role: x.role, Region: x.region, Runs: 1, Issued: noon(), Ends: noon()}
		r := store.Report{Digest: x.digest, Invite: inv, Session: "s", Verdict: report.Verdict(x.verdict), Observed: x.observed, Bundle: []byte("b")}
		if _, err := s.TakeIn(t.Context(), r, x.received, stamp{}); err != nil {
			t.Fatal(err)
		}
		if draw.IntN(4) == 0 {
			x.decision = string(store.Decisions()[draw.IntN(4)])
			if err := s.Decide(t.Context(), x.digest, store.Decided{Time: noon(), Person: "p", Kind: store.Decision(x.decision)}); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, x)
	}
	return list
}

// want is what a query has to find, by looking at all.
func want(list []sample, q store.Query) (digests []string) {
	var found []sample
	for _, x := range list {
		is := func(asked, have string) bool { return asked == "" || asked == have }
		decision := cmp.Or(x.decision, store.Undecided)
		if !is(q.Role, x.role) || !is(q.Region, x.region) || !is(q.Verdict, x.verdict) || !is(q.Decision, decision) || !is(q.Observed, report.YesNo(x.observed)) ||
			!q.From.IsZero() && x.received.Before(q.From) || !q.Until.IsZero() && !x.received.Before(q.Until) || q.Search != "" && !begins(x, store.Fold(q.Search)) {
			continue
		}
		found = append(found, x)
	}
	slices.SortFunc(found, func(a, b sample) int {
		switch q.Sort {
		case store.ByApplicant:
			return cmp.Or(strings.Compare(store.Fold(a.applicant), store.Fold(b.applicant)), cmp.Compare(a.n, b.n))
		case store.Oldest:
			return cmp.Or(a.received.Compare(b.received), cmp.Compare(a.n, b.n))
		}
		return -cmp.Or(a.received.Compare(b.received), cmp.Compare(a.n, b.n))
	})
	for _, x := range found {
		digests = append(digests, x.digest)
	}
	return digests
}

func begins(x sample, word string) bool {
	if strings.HasPrefix(x.digest, word) && len(word) >= 8 || strings.HasPrefix(store.Fold(x.applicant), word) {
		return true
	}
	return strings.HasPrefix(store.Fold(x.name), word) || strings.Contains(store.Fold(x.name), " "+word)
}

// Whatever is asked for in whatever order, all pages together are what looking at every report gives.
func TestListFindsWhatLookingAtAllFinds(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		all := fill(t, s, 240)
		draw := rand.New(rand.NewPCG(1, 2))
		pick := func(list ...string) string { return list[draw.IntN(len(list))] }
		found := 0
		for range 250 {
			q := store.Query{
				Role: pick("", "", "sales"), Region: pick("", "", "EU", "Mars", "nowhere"), Verdict: pick("", "", "ready", "not-ready"), Observed: pick("", "", "yes", "no"),
				Decision: pick("", "", store.Undecided, "accepted"), Search: pick("", "", "eu-1", "AP-", "lopez", "maria de", "as-", "Muller", "x", all[draw.IntN(len(all))].digest[:10]),
				Sort: store.Sort(pick("", "oldest", "applicant")), Limit: 1 + draw.IntN(40),
			}
			if draw.IntN(3) == 0 {
				q.From = noon().Add(time.Duration(draw.IntN(40)) * time.Hour)
			}
			if draw.IntN(3) == 0 {
				q.Until = noon().Add(time.Duration(20+draw.IntN(60)) * time.Hour)
			}
			got := pages(t, s, q)
			found += len(got)
			if diff := gocmp.Diff(want(all, q), got); diff != "" {
				t.Fatalf("%+v:\n%s", q, diff)
			}
		}
		if found < 1000 {
			t.Errorf("only %d rows were found: the questions ask for nothing", found)
		}
	})
}

// pages are the digests of all pages.
func pages(t *testing.T, s *store.Tenant, q store.Query) (digests []string) {
	t.Helper()
	for {
		p, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if len(p.Rows) > q.Limit || p.Next != "" && len(p.Rows) != q.Limit {
			t.Fatalf("%d rows of %d, and next %q", len(p.Rows), q.Limit, p.Next)
		}
		for _, r := range p.Rows {
			digests = append(digests, r.Digest)
		}
		if p.Next == "" {
			return digests
		}
		q.After = p.Next
	}
}

func TestPlacesThatWereNeverGiven(t *testing.T) {
	s := openStore(t, t.TempDir())
	for _, after := range []string{"x", "1", "1.", ".1", "1.x", "99999999999999999999.1", "'; DROP TABLE reports; --"} {
		for _, sort := range []store.Sort{store.Newest, store.ByApplicant} {
			if sort == store.ByApplicant && after == ".1" {
				continue // an empty reference
			}
			if _, err := s.List(t.Context(), store.Query{After: after, Sort: sort}); !errors.Is(err, store.ErrPlace) && !(sort == store.ByApplicant && err == nil) {
				t.Errorf("%q, sorted %q: %v", after, sort, err)
			}
		}
	}
}

// What has more matches than can be sorted is refused, not cut.
func TestTooBroad(t *testing.T) {
	s := openStore(t, t.TempDir())
	grow(t, s, 2200)
	for _, q := range []store.Query{{Search: "a-"}, {Search: "maria"}, {Search: "maria", Until: noon()}, {Sort: store.ByApplicant, From: noon()}} {
		if _, err := s.List(t.Context(), q); !errors.Is(err, store.ErrBroad) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if p, err := s.List(t.Context(), store.Query{Search: "a-2199", Limit: 5}); err != nil || len(p.Rows) != 1 {
		t.Errorf("%+v %v", p, err)
	}
	if p, err := s.List(t.Context(), store.Query{Sort: store.ByApplicant, Limit: 5}); err != nil || len(p.Rows) != 5 || p.Rows[1].Applicant != "A-1" {
		t.Errorf("%+v %v", p, err)
	}
}

// grow takes n alike reports in, fast.
func grow(t *testing.T, s *store.Tenant, n int) {
	t.Helper()
	many(t, n, func(i int) error {
		inv := store.Invite{ID: fmt.Sprint("i", i), Applicant: fmt.Sprintf("A-%d", i), Name: "Maria Lopez", Runs: 1}
		_, err := s.TakeIn(t.Context(), store.Report{Digest: name(fmt.Sprint("g", i)), Invite: inv, Session: "s", Verdict: report.Ready, Bundle: []byte("b")}, noon().Add(time.Minute), stamp{})
		return err
	})
}

// Two organisations in one database see nothing of each other.
func TestTenantsApart(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		other, err := s.Tenant(t.Context(), "fedcba9876543210")
		if err != nil {
			t.Fatal(err)
		}
		all := fill(t, s, 12)
		if n := len(pages(t, other, store.Query{Limit: 5})) + len(pages(t, other, store.Query{Limit: 5, Search: all[0].digest[:12]})) + len(pages(t, other, store.Query{Limit: 5, Search: "eu"})); n != 0 {
			t.Errorf("%d reports of another are listed", n)
		}
		if facets, err := other.Facets(t.Context()); len(facets) != 0 || err != nil {
			t.Errorf("%+v %v", facets, err)
		}
		digest := all[0].digest
		_, err1 := other.Report(t.Context(), digest)
		err2 := other.Decide(t.Context(), digest, store.Decided{Kind: store.Accepted})
		err3 := other.Erase(t.Context(), digest, noon())
		for i, err := range []error{err1, err2, err3} {
			if !errors.Is(err, store.ErrUnknown) {
				t.Errorf("%d: another's report: %v", i, err)
			}
		}
		if r, err := other.Receipt(t.Context(), digest); r != nil || err != nil {
			t.Errorf("another's receipt: %s %v", r, err)
		}
		if list, err := other.Between(t.Context(), digest, digest); len(list) != 0 || err != nil {
			t.Errorf("%d %v", len(list), err)
		}
		history, _ := other.History(t.Context(), all[0].applicant)
		under, _ := other.UnderInvite(t.Context(), "i0")
		if len(history)+len(under) != 0 {
			t.Error("another's history")
		}
		if _, err := other.InviteByID(t.Context(), "i0"); !errors.Is(err, store.ErrNoInvite) {
			t.Errorf("another's invite: %v", err)
		}
		// The same ids at both are two.
		if _, err := other.TakeIn(t.Context(), store.Report{Digest: digest, Invite: under0(), Session: "s", Verdict: report.Ready, Bundle: []byte("b")}, noon(), stamp{}); err != nil {
			t.Error(err)
		}
		if p := auditSizes(t, s, other); p != [2]int64{12, 1} {
			t.Errorf("logs of %v entries", p)
		}
	})
}

func under0() store.Invite { return under("i0", 1) }

func auditSizes(t *testing.T, list ...*store.Tenant) (sizes [2]int64) {
	for i, s := range list {
		a, err := s.Audit(t.Context(), openReceipt, nil)
		if err != nil {
			t.Fatal(err)
		}
		sizes[i] = a.Size
	}
	return sizes
}

// Decisions change the list's counts and nothing of the report.
func TestDecisions(t *testing.T) {
	eachDatabase(t, func(t *testing.T, open func() *store.Tenant) {
		s := open()
		all := fill(t, s, 30)
		d := all[3].digest
		before, err := s.Report(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range store.Decisions() {
			if err := s.Decide(t.Context(), d, store.Decided{Time: noon().Add(time.Duration(i) * time.Hour), Person: "ana", Kind: k, Note: "because"}); err != nil {
				t.Fatal(err)
			}
		}
		after, err := s.Report(t.Context(), d)
		if err != nil || after.Facet.Decision != store.Accommodation || string(after.Bundle) != string(before.Bundle) || string(after.Receipt) != string(before.Receipt) {
			t.Errorf("%+v %v", after.Facet, err)
		}
		list, err := s.Decided(t.Context(), d)
		if last := list[len(list)-1]; err != nil || len(list) < 4 || last.Kind != store.Accommodation || last.Note != "because" || !last.Time.Equal(noon().Add(3*time.Hour)) {
			t.Errorf("%+v %v", list, err)
		}
		var sum int64
		facets, err := s.Facets(t.Context())
		for _, f := range facets {
			sum += f.Reports
		}
		if sum != 30 || err != nil {
			t.Errorf("%d reports are counted (%v)", sum, err)
		}
	})
}
