package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/tlog"
)

// makeLog gives a new database its log.
func (s *Store) makeLog() error {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		return err
	}
	_, err := s.db.Exec(`INSERT INTO log (one, id, size, checkpoint) VALUES (1, ?, 0, x'') ON CONFLICT DO NOTHING`, hex.EncodeToString(id[:]))
	return err
}

// reader reads stored hashes. It remembers them: growing asks for the same few several times.
type reader struct {
	ctx  context.Context
	tx   *sql.Tx
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
	rows, err := r.tx.QueryContext(r.ctx, `SELECT place, hash FROM log_hashes WHERE place IN (`+strings.Join(list, ",")+`)`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var b []byte
		if err := rows.Scan(&n, &b); err != nil {
			return err
		}
		if len(b) != len(tlog.Hash{}) {
			return fmt.Errorf("the log's hash %d is damaged", n)
		}
		r.seen[n] = tlog.Hash(b)
	}
	return rows.Err()
}

func newReader(ctx context.Context, tx *sql.Tx) reader {
	return reader{ctx: ctx, tx: tx, seen: map[int64]tlog.Hash{}}
}

// grow adds a report, received at that time, to the log under a salt of its own.
func grow(ctx context.Context, tx *sql.Tx, digest string, received time.Time) (report.LogEntry, error) {
	id, size, err := head(ctx, tx)
	if err != nil {
		return report.LogEntry{}, err
	}
	var salt [tlog.SaltSize]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return report.LogEntry{}, err
	}
	g, err := tlog.Grow(id, size, tlog.Commitment(digest, received), salt, newReader(ctx, tx))
	if err != nil {
		return report.LogEntry{}, err
	}
	values := make([]any, 0, 2*len(g.Hashes))
	for i, h := range g.Hashes {
		values = append(values, g.First+int64(i), h[:])
	}
	rows := strings.Repeat(",(?,?)", len(g.Hashes))[1:]
	if _, err := tx.ExecContext(ctx, `INSERT INTO log_hashes (place, hash) VALUES `+rows, values...); err != nil {
		return report.LogEntry{}, err
	}
	return g.Entry, nil
}

func head(ctx context.Context, tx *sql.Tx) (id string, size int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT id, size FROM log`).Scan(&id, &size)
	return id, size, err
}

func setCheckpoint(ctx context.Context, tx *sql.Tx, size int64, sealed []byte) error {
	_, err := tx.ExecContext(ctx, `UPDATE log SET size = ?, checkpoint = ?`, size, sealed)
	return err
}

// ErrNoEntries: the log does not have that many entries.
var ErrNoEntries = errors.New("the log does not have these entries")

// Checkpoint is the sealed checkpoint of the log as it stands.
func (s *Store) Checkpoint(ctx context.Context) (sealed []byte, err error) {
	if err := s.db.QueryRowContext(ctx, `SELECT checkpoint FROM log`).Scan(&sealed); err != nil {
		return nil, err
	}
	if len(sealed) == 0 {
		return nil, ErrNoEntries
	}
	return sealed, nil
}

// read runs f in a transaction that sees one state and writes nothing.
func (s *Store) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(tx)
}

// Growth proves that the log of to entries continues the one of from.
func (s *Store) Growth(ctx context.Context, from, to int64) (proof []string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		_, size, err := head(ctx, tx)
		if err != nil {
			return err
		}
		if from < 1 || to < from || to > size {
			return ErrNoEntries
		}
		proof, err = tlog.ProveGrowth(from, to, newReader(ctx, tx))
		return err
	})
	return proof, err
}

// ErrUnknown: no such report is stored.
var ErrUnknown = errors.New("no such report is stored")

// Erase removes a report with its receipt and salt, and overwrites them on
// disk. Its entry in the log stays, and says nothing any more; that it was
// erased, and when, is kept. The same report is not taken in again.
func (s *Store) Erase(ctx context.Context, digest string, now time.Time) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		var entry int64
		var invite, session string
		err := tx.QueryRowContext(ctx, `DELETE FROM reports WHERE digest = ? RETURNING entry, invite, session`, digest).Scan(&entry, &invite, &session)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE runs SET erased = 1 WHERE invite = ? AND session = ?`, invite, session); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO erased (entry, time) VALUES (?, ?)`, entry, now.UnixMilli())
		return err
	})
	if err != nil {
		return err
	}
	return s.forget(ctx)
}

// forget empties the write-ahead log, which still holds what was erased.
func (s *Store) forget(ctx context.Context) error {
	var busy, frames, done int
	if err := s.db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &done); err != nil {
		return err
	}
	if busy != 0 {
		return errors.New("the report was erased, but a reader held the database: its old pages go with the next erasure or restart")
	}
	return nil
}
