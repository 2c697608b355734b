package store

import (
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
	after  *place
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
	rows, err := find()
	if err != nil {
		return Page{}, err
	}
	return l.page(rows)
}

// arg adds an argument of a statement and returns its place.
func (l *lister) arg(v any) string {
	l.args = append(l.args, v)
	return fmt.Sprintf("$%d", len(l.args))
}

const rowColumns = `r.id, r.digest, r.invite, r.applicant, r.sought, r.received, r.facet`

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
func (l *lister) walk() ([]Row, error) {
	where := ` WHERE r.tenant = ` + l.arg(l.no) + l.bounds() + l.matching()
	return l.rows(`SELECT ` + rowColumns + ` FROM reports r` + where + l.order())
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
func (l *lister) merge() (rows []Row, err error) {
	ids := slices.Sorted(maps.Keys(l.facets))
	for part := range slices.Chunk(ids, mergedAtOnce) {
		l.args = nil
		more, err := l.rows(l.kind.first(`SELECT `+rowColumns+` FROM reports r WHERE r.facet = `, part, l.bounds()+l.order()))
		if err != nil {
			return nil, err
		}
		rows = l.sorted(append(rows, more...))
	}
	return rows, nil
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
func (l *lister) gather() ([]Row, error) {
	var rows []Row
	var err error
	if l.q.Search != "" {
		rows, err = l.search()
	} else {
		rows, err = l.candidates(`SELECT ` + rowColumns + ` FROM reports r WHERE r.tenant = ` + l.arg(l.no) + l.dates())
	}
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(l.known(rows), func(r Row) bool { return l.after != nil && l.q.compare(placeOf(r), *l.after) <= 0 })
	return l.sorted(rows), nil
}

// candidates reads rows up to the bound.
func (l *lister) candidates(statement string) ([]Row, error) {
	rows, err := l.all(statement + fmt.Sprintf(` LIMIT %d`, widest+1))
	if err == nil && len(rows) > widest {
		err = ErrBroad
	}
	return rows, err
}

// search finds by the beginning of a name, of a reference or of a digest.
func (l *lister) search() ([]Row, error) {
	word := cut(Fold(l.q.Search))
	const beyond = "\U0010ffff"
	found := map[int64]Row{}
	take := func(rows []Row, err error) error {
		for _, r := range rows {
			found[r.id] = r
		}
		l.args = nil
		return err
	}
	err := take(l.candidates(`SELECT ` + rowColumns + ` FROM (SELECT DISTINCT report FROM words WHERE tenant = ` + l.arg(l.no) + ` AND word >= ` + l.arg(word) + ` AND word < ` + l.arg(word+beyond) +
		fmt.Sprintf(` LIMIT %d) AS w JOIN reports r ON r.id = w.report WHERE true`, widest+1) + l.dates()))
	if err != nil {
		return nil, err
	}
	if digest := strings.ToLower(strings.TrimSpace(l.q.Search)); isDigest(digest) {
		if err := take(l.candidates(`SELECT ` + rowColumns + ` FROM reports r WHERE r.tenant = ` + l.arg(l.no) + ` AND r.digest >= ` + l.arg(digest) + ` AND r.digest < ` + l.arg(digest+"g") + l.dates())); err != nil {
			return nil, err
		}
	}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(l.facets)), mergedAtOnce) {
		where := ` AND r.sought >= ` + l.arg(word) + ` AND r.sought < ` + l.arg(word+beyond) + l.dates()
		if err := take(l.candidates(l.kind.first(`SELECT `+rowColumns+` FROM reports r WHERE r.facet = `, part, where+fmt.Sprintf(` LIMIT %d`, widest+1)))); err != nil {
			return nil, err
		}
	}
	if len(found) > widest {
		return nil, ErrBroad
	}
	return slices.Collect(maps.Values(found)), nil
}

// isDigest says whether a text may be the beginning of a digest.
func isDigest(s string) bool {
	return len(s) >= 8 && len(s) <= 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// sorted are the first rows in the list's order, as many as a page needs to know of.
func (l *lister) sorted(rows []Row) []Row {
	slices.SortFunc(rows, func(a, b Row) int { return l.q.compare(placeOf(a), placeOf(b)) })
	return rows[:min(len(rows), l.q.Limit+1)]
}

// rows reads rows, and leaves out those whose facet does not match.
func (l *lister) rows(statement string) ([]Row, error) {
	list, err := l.all(statement)
	return l.known(list), err
}

// all reads rows as they are found.
func (l *lister) all(statement string) ([]Row, error) {
	found, err := l.tx.QueryContext(l.ctx, statement, l.args...)
	return all(found, err, func(r *sql.Rows) (row Row, err error) {
		var received int64
		err = r.Scan(&row.id, &row.Digest, &row.Invite, &row.Applicant, &row.sought, &received, &row.facet)
		row.Received = moment(received)
		return row, err
	})
}

// known are the rows of matching facets, with them.
func (l *lister) known(list []Row) []Row {
	for i := range list {
		list[i].Facet = l.facets[list[i].facet]
	}
	return slices.DeleteFunc(list, func(r Row) bool { _, ok := l.facets[r.facet]; return !ok })
}

// page ends a list at its limit and gives its rows the applicants' names.
func (l *lister) page(rows []Row) (Page, error) {
	p := Page{Rows: rows}
	if len(rows) > l.q.Limit {
		p.Rows = rows[:l.q.Limit]
		p.Next = l.q.writePlace(p.Rows[l.q.Limit-1])
	}
	names, err := l.names(p.Rows)
	for i := range p.Rows {
		p.Rows[i].Name = names[p.Rows[i].Invite]
	}
	return p, err
}

// names are the names that the recruiter gave to the applicants, by invite.
func (l *lister) names(list []Row) (map[string]string, error) {
	names := map[string]string{}
	if len(list) == 0 {
		return names, nil
	}
	args := []any{l.no}
	for _, r := range list {
		args = append(args, r.Invite)
	}
	rows, err := l.tx.QueryContext(l.ctx, `SELECT id, name FROM invites WHERE tenant = $1 AND id IN (`+parameters(1, len(list))+`)`, args...)
	_, err = all(rows, err, func(r *sql.Rows) (string, error) {
		var id, name string
		err := r.Scan(&id, &name)
		names[id] = name
		return name, err
	})
	return names, err
}
