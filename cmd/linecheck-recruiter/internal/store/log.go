package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/tlog"
)

// reader reads stored hashes. It remembers them: growing asks for the same few several times.
type reader struct {
	ctx  context.Context
	tx   *sql.Tx
	no   int64
	seen map[int64]tlog.Hash
}

// ReadHashes is [tlog.Reader].
func (r reader) ReadHashes(at []int64) ([]tlog.Hash, error) {
	if err := r.fetch(at); err != nil {
		return nil, err
	}
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		h, ok := r.seen[n]
		if !ok {
			return nil, fmt.Errorf("the log's hash %d is missing", n)
		}
		out[i] = h
	}
	return out, nil
}

// fetch reads what was not read before, in one question.
func (r reader) fetch(at []int64) error {
	var list []string
	for _, n := range at {
		if _, ok := r.seen[n]; !ok {
			list = append(list, strconv.FormatInt(n, 10))
		}
	}
	if len(list) == 0 {
		return nil
	}
	rows, err := r.tx.QueryContext(r.ctx, `SELECT place, hash FROM log_hashes WHERE tenant = $1 AND place IN (`+strings.Join(list, ",")+`)`, r.no)
	_, err = all(rows, err, func(rows *sql.Rows) (struct{}, error) {
		var n int64
		var b []byte
		if err := rows.Scan(&n, &b); err != nil {
			return struct{}{}, err
		}
		if len(b) != len(tlog.Hash{}) {
			return struct{}{}, fmt.Errorf("the log's hash %d is damaged", n)
		}
		r.seen[n] = tlog.Hash(b)
		return struct{}{}, nil
	})
	return err
}

func (t *Tenant) newReader(ctx context.Context, tx *sql.Tx) reader {
	return reader{ctx: ctx, tx: tx, no: t.no, seen: map[int64]tlog.Hash{}}
}

// growing is the log while it grows within one transaction, which holds it.
type growing struct {
	reader
	id   string
	size int64
	rows [][]any // of log_hashes, to be added
	put  func(ctx context.Context, tx *sql.Tx, before string, rows [][]any, after string) error
}

// lockLog reads where the log ends. Nobody else adds to it until the transaction ends.
func (t *Tenant) lockLog(ctx context.Context, tx *sql.Tx) (*growing, error) {
	g := &growing{reader: t.newReader(ctx, tx), put: t.put}
	var err error
	g.id, g.size, err = t.head(ctx, tx, t.kind.locked())
	return g, err
}

func (t *Tenant) head(ctx context.Context, tx *sql.Tx, lock string) (id string, size int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT id, size FROM logs WHERE tenant = $1`+lock, t.no).Scan(&id, &size)
	return id, size, err
}

// grow adds a report, received at that time, to the log under a salt of its own.
func (g *growing) grow(digest string, received time.Time) (report.LogEntry, error) {
	var salt [tlog.SaltSize]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return report.LogEntry{}, err
	}
	more, err := tlog.Grow(g.id, g.size, tlog.Commitment(digest, received), salt, g)
	if err != nil {
		return report.LogEntry{}, err
	}
	for i, h := range more.Hashes {
		place := more.First + int64(i)
		g.seen[place] = h
		g.rows = append(g.rows, []any{g.no, place, h[:]})
	}
	g.size = more.Entry.Size
	return more.Entry, nil
}

// save writes what was added, and the checkpoint of the log with it.
func (g *growing) save(checkpoint []byte) error {
	if err := g.put(g.ctx, g.tx, `INSERT INTO log_hashes (tenant, place, hash)`, g.rows, ``); err != nil {
		return err
	}
	_, err := g.tx.ExecContext(g.ctx, `UPDATE logs SET size = $1, checkpoint = $2 WHERE tenant = $3`, g.size, checkpoint, g.no)
	return err
}

// ErrNoEntries: the log does not have that many entries.
var ErrNoEntries = errors.New("the log does not have these entries")

// Checkpoint is the sealed checkpoint of the log as it stands.
func (t *Tenant) Checkpoint(ctx context.Context) (sealed []byte, err error) {
	if err := t.db.QueryRowContext(ctx, `SELECT checkpoint FROM logs WHERE tenant = $1`, t.no).Scan(&sealed); err != nil {
		return nil, err
	}
	if len(sealed) == 0 {
		return nil, ErrNoEntries
	}
	return sealed, nil
}

// Growth proves that the log of to entries continues the one of from.
func (t *Tenant) Growth(ctx context.Context, from, to int64) (proof []string, err error) {
	err = t.read(ctx, func(tx *sql.Tx) error {
		_, size, err := t.head(ctx, tx, "")
		if err != nil {
			return err
		}
		if from < 1 || to < from || to > size {
			return ErrNoEntries
		}
		proof, err = tlog.ProveGrowth(from, to, t.newReader(ctx, tx))
		return err
	})
	return proof, err
}
