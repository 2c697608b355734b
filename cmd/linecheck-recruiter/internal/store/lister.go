package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// lister carries one question through.
type lister struct {
	*Tenant
	ctx    context.Context
	tx     *sql.Tx
	q      Query
	after  *key
	facets map[int64]Facet // those that match
	args   []any
}

func (l *lister) list() (Page, error) {
	all, err := l.facetsIn(l.ctx, l.tx)
	if err != nil {
		return Page{}, err
	}
	for _, f := range all {
		if l.q.matches(f.Facet) {
			l.facets[f.id] = f.Facet
		}
	}
	if len(l.facets) == 0 {
		return Page{}, nil
	}
	byApplicant := l.q.Sort == ByApplicant
	find := l.walk
	switch {
	case l.q.Search != "", byApplicant && !(l.q.From.IsZero() && l.q.Until.IsZero()):
		find = l.gather
	case len(l.facets) <= mostMerged && (byApplicant || len(l.facets) < len(all)):
		find = l.merge
	case byApplicant:
		return Page{}, ErrBroad
	}
	found, err := find()
	if err != nil {
		return Page{}, err
	}
	return l.page(found)
}

// arg adds an argument of a statement and returns its place.
func (l *lister) arg(v any) string {
	l.args = append(l.args, v)
	return fmt.Sprintf("$%d", len(l.args))
}

// keys are what an order needs of a row. They are all in the index of that order.
func (l *lister) keys() string {
	if l.q.Sort == ByApplicant {
		return `SELECT r.id, r.facet, 0, r.sought FROM reports r WHERE `
	}
	return `SELECT r.id, r.facet, r.received, '' FROM reports r WHERE `
}

// dates are the conditions on when a report was received.
func (l *lister) dates() string {
	var b strings.Builder
	if !l.q.From.IsZero() {
		b.WriteString(` AND r.received >= ` + l.arg(l.q.From.UnixMilli()))
	}
	if !l.q.Until.IsZero() {
		b.WriteString(` AND r.received < ` + l.arg(l.q.Until.UnixMilli()))
	}
	return b.String()
}

// bounds are the conditions beside the facets: dates, and where the page begins.
func (l *lister) bounds() string {
	b := l.dates()
	if l.after == nil {
		return b
	}
	switch l.q.Sort {
	case ByApplicant:
		b += ` AND (r.sought, r.id) > (` + l.arg(l.after.sought) + `, ` + l.arg(l.after.id) + `)`
	case Oldest:
		b += ` AND (r.received, r.id) > (` + l.arg(l.after.received) + `, ` + l.arg(l.after.id) + `)`
	default:
		b += ` AND (r.received, r.id) < (` + l.arg(l.after.received) + `, ` + l.arg(l.after.id) + `)`
	}
	return b
}

// order is the list's order, and how many rows tell whether there is a next page.
func (l *lister) order() string {
	by := map[Sort]string{Newest: `r.received DESC, r.id DESC`, Oldest: `r.received, r.id`, ByApplicant: `r.sought, r.id`}
	return fmt.Sprintf(` ORDER BY %s LIMIT %d`, by[l.q.Sort], l.q.Limit+1)
}

// walk goes along the index of the order, and leaves out what does not match.
func (l *lister) walk() ([]key, error) {
	return l.matched(l.keys() + `r.tenant = ` + l.arg(l.no) + l.bounds() + l.matching() + l.order())
}

// matching asks for the matching facets, unless all match.
func (l *lister) matching() string {
	if l.q.Role+l.q.Region+l.q.Verdict+l.q.Decision+l.q.Observed == "" {
		return ""
	}
	list := make([]string, 0, len(l.facets))
	for _, id := range slices.Sorted(maps.Keys(l.facets)) {
		list = append(list, fmt.Sprint(id))
	}
	return ` AND r.facet IN (` + strings.Join(list, ",") + `)`
}

// mergedAtOnce is how many facets one statement merges; SQLite allows 500.
const mergedAtOnce = 100

// merge takes the first rows of each matching facet, by the facet's own index.
func (l *lister) merge() (found []key, err error) {
	ids := slices.Sorted(maps.Keys(l.facets))
	for part := range slices.Chunk(ids, mergedAtOnce) {
		l.args = nil
		more, err := l.matched(l.kind.first(l.keys()+`r.facet = `, part, l.bounds()+l.order()))
		if err != nil {
			return nil, err
		}
		found = l.sorted(append(found, more...))
	}
	return found, nil
}

// first is a statement that gives what one statement gives for each of some ids, which stand between its two halves.
func (k kind) first(before string, ids []int64, after string) string {
	parts := make([]string, len(ids))
	if k == postgres { // plans it once, not for each id
		for i, id := range ids {
			parts[i] = fmt.Sprintf("(%d)", id)
		}
		return `SELECT x.* FROM (VALUES ` + strings.Join(parts, ",") + `) AS v (id) CROSS JOIN LATERAL (` + before + `v.id` + after + `) AS x`
	}
	for i, id := range ids {
		parts[i] = `SELECT * FROM (` + before + fmt.Sprint(id) + after + `)`
	}
	return strings.Join(parts, ` UNION ALL `)
}

// gather reads a bounded number of candidates, and filters and sorts them here.
func (l *lister) gather() (found []key, err error) {
	if l.q.Search != "" {
		found, err = l.search()
	} else {
		found, err = l.candidates(candidate + `reports r WHERE r.tenant = ` + l.arg(l.no) + l.dates())
	}
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(l.known(found), func(k key) bool { return !l.q.within(k) || l.after != nil && l.q.compare(k, *l.after) <= 0 })
	return l.sorted(found), nil
}

// candidate begins a statement that reads all keys.
const candidate = `SELECT r.id, r.facet, r.received, r.sought FROM `

// candidates reads keys up to the bound.
func (l *lister) candidates(statement string) ([]key, error) {
	found, err := l.all(statement + fmt.Sprintf(` LIMIT %d`, widest+1))
	if err == nil && len(found) > widest {
		err = ErrBroad
	}
	return found, err
}

// search finds by the beginning of a name, of a reference or of a digest.
func (l *lister) search() ([]key, error) {
	word := cut(Fold(l.q.Search))
	found := map[int64]key{}
	take := func(list []key, err error) error {
		for _, k := range list {
			found[k.id] = k
		}
		l.args = nil
		return err
	}
	named, err := l.named(word)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(named, mergedAtOnce) {
		if err := take(l.all(candidate + `reports r WHERE r.id IN (` + strings.Join(part, ",") + `)` + l.dates())); err != nil {
			return nil, err
		}
	}
	if digest := strings.ToLower(strings.TrimSpace(l.q.Search)); isDigest(digest) {
		if err := take(l.candidates(candidate + `reports r WHERE r.tenant = ` + l.arg(l.no) + ` AND r.digest >= ` + l.arg(digest) + ` AND r.digest < ` + l.arg(digest+"g") + l.dates())); err != nil {
			return nil, err
		}
	}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(l.facets)), mergedAtOnce) {
		where := ` AND r.sought >= ` + l.arg(word) + ` AND r.sought < ` + l.arg(beyond(word)) + l.dates()
		if err := take(l.candidates(l.kind.first(candidate+`reports r WHERE r.facet = `, part, where+fmt.Sprintf(` LIMIT %d`, widest+1)))); err != nil {
			return nil, err
		}
	}
	if len(found) > widest {
		return nil, ErrBroad
	}
	return slices.Collect(maps.Values(found)), nil
}

// wordsOfOne is how many words of one report may begin alike, at most: those of two names.
const wordsOfOne = 2

// named are the ids of reports that have a name that begins so. Dates come later: of a bounded number of
// words those within them may be none. That one report stands there twice is found out here, so that the database need not read all.
func (l *lister) named(word string) ([]string, error) {
	most := wordsOfOne * widest
	rows, err := l.tx.QueryContext(l.ctx, fmt.Sprintf(`SELECT report FROM words WHERE tenant = $1 AND word >= $2 AND word < $3 LIMIT %d`, most+1), l.no, word, beyond(word))
	ids, err := all(rows, err, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
	if err != nil || len(ids) > most {
		return nil, cmp.Or(err, ErrBroad)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) > widest {
		return nil, ErrBroad
	}
	return ids, nil
}

// isDigest says whether a text may be the beginning of a digest.
func isDigest(s string) bool {
	return len(s) >= 8 && len(s) <= 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// sorted are the first keys in the list's order, as many as a page needs to know of.
func (l *lister) sorted(found []key) []key {
	slices.SortFunc(found, l.q.compare)
	return found[:min(len(found), l.q.Limit+1)]
}

// matched reads keys, and leaves out those whose facet does not match.
func (l *lister) matched(statement string) ([]key, error) {
	found, err := l.all(statement)
	return l.known(found), err
}

// all reads keys as they are found.
func (l *lister) all(statement string) ([]key, error) {
	rows, err := l.tx.QueryContext(l.ctx, statement, l.args...)
	return all(rows, err, func(r *sql.Rows) (k key, err error) { return k, r.Scan(&k.id, &k.facet, &k.received, &k.sought) })
}

// known are the keys of matching facets.
func (l *lister) known(found []key) []key {
	return slices.DeleteFunc(found, func(k key) bool { _, ok := l.facets[k.facet]; return !ok })
}

// page reads the rows of a page, which ends at its limit.
func (l *lister) page(found []key) (p Page, err error) {
	if len(found) > l.q.Limit {
		found = found[:l.q.Limit]
		p.Next = l.q.writePlace(found[len(found)-1])
	}
	if len(found) == 0 {
		return p, nil
	}
	args := make([]any, len(found))
	at := map[int64]int{}
	for i, k := range found {
		args[i], at[k.id] = k.id, i
	}
	p.Rows = make([]Row, len(found))
	rows, err := l.tx.QueryContext(l.ctx, `SELECT r.id, r.digest, r.invite, r.applicant, r.received, i.name
		FROM reports r LEFT JOIN invites i ON i.tenant = r.tenant AND i.id = r.invite WHERE r.id IN (`+parameters(0, len(args))+`)`, args...)
	_, err = all(rows, err, func(r *sql.Rows) (struct{}, error) {
		var row Row
		var id, received int64
		var name sql.NullString
		err := r.Scan(&id, &row.Digest, &row.Invite, &row.Applicant, &received, &name)
		row.Received, row.Name, row.Facet = moment(received), name.String, l.facets[found[at[id]].facet]
		p.Rows[at[id]] = row
		return struct{}{}, err
	})
	return p, err
}
