package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Sort is an order of reports.
type Sort string

// The orders.
const (
	Newest      Sort = ""
	Oldest      Sort = "oldest"
	ByApplicant Sort = "applicant"
)

// Query asks for reports. What is left empty asks for nothing.
type Query struct {
	// Search is the beginning of a reference or name, or of a report's digest in hex (8 digits at least).
	Search string
	Role, Region, Verdict,
	// Decision is a [Decision], or "none" for reports that nobody decided about.
	Decision,
	// Observed is "yes" or "no".
	Observed string
	// From and Until bound when a report was received: From counts, Until does not.
	From, Until time.Time
	Sort        Sort
	// After is where the page before ended, as [Page] says.
	After string
	// Limit is how many are wanted at most.
	Limit int
}

// Undecided asks for reports that nobody decided about.
const Undecided = "none"

// Row is a report in a list.
type Row struct {
	Digest, Invite, Applicant, Name string
	Received                        time.Time
	Facet
}

// Page is one page of reports.
type Page struct {
	Rows []Row
	// Next is where the next page begins; empty where there is none.
	Next string
}

var (
	// ErrBroad: what is searched for has too many matches to be put in order.
	ErrBroad = errors.New("too many reports match")
	// ErrPlace: the place in a list is none that was given.
	ErrPlace = errors.New("not a place in this list")
)

// widest is how many reports a search or a range of dates may have to be sorted otherwise than they are stored.
const widest = 2000

// mostRows bounds a page.
const mostRows = 1000

// List finds reports. However many there are, what it reads is bounded: it walks
// along an index where all match, merges the matching facets' own indexes where they
// do not, and where it has to sort otherwise, does so with a bounded number of matches, or returns [ErrBroad].
func (t *Tenant) List(ctx context.Context, q Query) (p Page, err error) {
	if q.Limit < 1 || q.Limit > mostRows {
		q.Limit = mostRows
	}
	if Fold(q.Search) == "" { // spaces, or marks on no letter
		q.Search = ""
	}
	after, err := readPlace(q)
	if err != nil {
		return Page{}, err
	}
	err = t.read(ctx, func(tx *sql.Tx) error {
		l := &lister{Tenant: t, ctx: ctx, tx: tx, q: q, after: after, facets: map[int64]Facet{}}
		p, err = l.list()
		return err
	})
	return p, err
}

// mostMerged is how many facets are merged; a list with more is walked through.
const mostMerged = 1500

// matches says whether the filters but dates and search let a facet through.
func (q Query) matches(f Facet) bool {
	for filter, want := range map[string]string{"role": q.Role, "region": q.Region, "verdict": q.Verdict, "observed": q.Observed, "decision": q.Decision} {
		if want != "" && want != f.Value(filter) {
			return false
		}
	}
	return true
}

// Count is how many reports match the filters, dates and search aside.
func (q Query) Count(facets []Counted) (n int64) {
	for _, f := range facets {
		if q.matches(f.Facet) {
			n += f.Reports
		}
	}
	return n
}

// within says whether a row was received within the dates.
func (q Query) within(k key) bool {
	return (q.From.IsZero() || k.received >= q.From.UnixMilli()) && (q.Until.IsZero() || k.received < q.Until.UnixMilli())
}

// key is what a row is sorted by, and which facet it has.
type key struct {
	id, facet int64
	received  int64
	sought    string // the applicant
}

// compare orders keys as the list is sorted.
func (q Query) compare(a, b key) int {
	switch q.Sort {
	case ByApplicant:
		if c := strings.Compare(a.sought, b.sought); c != 0 {
			return c
		}
		return int(min(max(a.id-b.id, -1), 1))
	case Oldest:
		a, b = b, a
	}
	if a.received != b.received {
		return int(min(max(b.received-a.received, -1), 1))
	}
	return int(min(max(b.id-a.id, -1), 1))
}

// readPlace reads where a page begins; nil where it is the first.
func readPlace(q Query) (*key, error) {
	if q.After == "" {
		return nil, nil
	}
	first, id, ok := strings.Cut(q.After, ".")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return nil, ErrPlace
	}
	p := &key{id: n}
	if q.Sort == ByApplicant {
		var name []byte
		name, err = hex.DecodeString(first)
		if p.sought = string(name); p.sought != valid(p.sought) {
			return nil, ErrPlace
		}
	} else {
		p.received, err = strconv.ParseInt(first, 10, 64)
	}
	if err != nil {
		return nil, ErrPlace
	}
	return p, nil
}

func (q Query) writePlace(k key) string {
	if q.Sort == ByApplicant {
		return fmt.Sprintf("%x.%d", k.sought, k.id)
	}
	return fmt.Sprintf("%d.%d", k.received, k.id)
}
