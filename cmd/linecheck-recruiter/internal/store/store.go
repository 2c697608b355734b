// Package store keeps what the recruiter's server must not lose: runs, reports
// as received with their receipts, and the append-only log of reports. It
// judges nothing; what comes in here is authentic already. It seals nothing
// either: whoever takes a report in brings the seals.
package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"linecheck/report"

	_ "modernc.org/sqlite" // the embedded database
)

// Store is the embedded database. Its methods may be called from any goroutine.
type Store struct {
	db *sql.DB
	// writing holds one token: who writes. The database allows one writer at a
	// time anyway; waiting here is in order and without polling.
	writing chan struct{}
}

// A report's row, with its salt, is all that can be erased; log_hashes is only
// ever added to, in the stored order of golang.org/x/mod/sumdb/tlog.
const tables = `
CREATE TABLE IF NOT EXISTS runs (
  id INTEGER PRIMARY KEY,
  invite TEXT NOT NULL,
  session TEXT NOT NULL,
  started INTEGER NOT NULL,
  erased INTEGER NOT NULL DEFAULT 0,
  UNIQUE (invite, session)
);
CREATE TABLE IF NOT EXISTS reports (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  invite TEXT NOT NULL,
  session TEXT NOT NULL UNIQUE,
  received INTEGER NOT NULL,
  bundle BLOB NOT NULL,
  receipt BLOB NOT NULL,
  entry INTEGER NOT NULL UNIQUE,
  salt BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS log (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  size INTEGER NOT NULL,
  checkpoint BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS log_hashes (
  place INTEGER PRIMARY KEY,
  hash BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS erased (
  entry INTEGER PRIMARY KEY,
  time INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS attempts (
  invite TEXT NOT NULL,
  measured TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (invite, measured)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS invites (
  code TEXT PRIMARY KEY,
  invite BLOB NOT NULL,
  ends INTEGER NOT NULL
) WITHOUT ROWID;`

// file is the database in its folder.
const file = "linecheck.db"

// Open opens the database in a folder, and makes it where there is none.
func Open(folder string) (*Store, error) {
	s, err := connect(folder, "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	if _, err := s.db.Exec(tables); err != nil {
		return nil, errors.Join(fmt.Errorf("the database cannot be used: %w", err), s.Close())
	}
	if err := s.makeLog(); err != nil {
		return nil, errors.Join(fmt.Errorf("the database cannot be used: %w", err), s.Close())
	}
	return s, nil
}

// OpenRead opens the database that is in a folder just for reading, beside a
// server that may be running.
func OpenRead(folder string) (*Store, error) {
	if _, err := os.Stat(filepath.Join(folder, file)); err != nil {
		return nil, err
	}
	s, err := connect(folder, "mode=ro")
	if err != nil {
		return nil, err
	}
	var n int
	if err := s.db.QueryRow(`SELECT count(*) FROM log`).Scan(&n); err != nil {
		return nil, errors.Join(fmt.Errorf("the database cannot be used: %w", err), s.Close())
	}
	return s, nil
}

func connect(folder, options string) (*Store, error) {
	path := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(filepath.Join(folder, file))}).EscapedPath()}
	db, err := sql.Open("sqlite", path.String()+"?_pragma=busy_timeout(5000)&"+options)
	if err != nil {
		return nil, err
	}
	return &Store{db: db, writing: make(chan struct{}, 1)}, nil
}

// write runs f in one transaction: all of it is on disk, or nothing is.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.PingContext(ctx) }

// ErrRunsUsed: the invite allows no further run.
var ErrRunsUsed = errors.New("all runs of the invite are used")

// ErrErased: the session's report was here and was erased.
var ErrErased = errors.New("the report of this session was erased")

// ErrSessionUsed: the session has sent another report already.
var ErrSessionUsed = errors.New("this session has sent another report already")

// StartRun notes that a session runs under an invite that allows so many
// runs, and returns which run it is, from 1. The same session is the same run.
func (s *Store) StartRun(ctx context.Context, invite, session string, allowed int, now time.Time) (run int, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		run, _, err = startRun(ctx, tx, invite, session, allowed, now)
		return err
	})
	return run, err
}

// startRun returns which run the session is, and how many there are.
func startRun(ctx context.Context, tx *sql.Tx, invite, session string, allowed int, now time.Time) (run, runs int, err error) {
	count := func() error {
		return tx.QueryRowContext(ctx, `
			SELECT count(*), coalesce(sum(id <= (SELECT id FROM runs WHERE invite = ?1 AND session = ?2)), 0)
			FROM runs WHERE invite = ?1`, invite, session).Scan(&runs, &run)
	}
	if err := count(); err != nil || run > 0 {
		return run, runs, err
	}
	if runs >= allowed {
		return 0, runs, ErrRunsUsed
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO runs (invite, session, started) VALUES (?, ?, ?)`, invite, session, now.UnixMilli()); err != nil {
		return 0, 0, err
	}
	return run, runs, count()
}

// Report is one report to take in.
type Report struct {
	// Digest is the report's identity; Invite and Session whose it is; Allowed the invite's number of runs.
	Digest, Invite, Session string
	Allowed                 int
	// Bundle is what came, byte for byte.
	Bundle []byte
}

// Place is what the store knows of a report as it takes it in: which run under
// the invite it is, how many there are, and its place in the log.
type Place struct {
	Run, Runs int
	Log       report.LogEntry
}

// Sealed is what the server says about a report it takes in, as it is kept.
type Sealed struct {
	// Receipt goes back to the applicant; Checkpoint is the log's with this report as last entry.
	Receipt, Checkpoint []byte
}

// TakeIn stores a report durably, as the next entry of the log and together
// with what seal makes of its place: all in one transaction. A report that is
// there already gets its first receipt again.
func (s *Store) TakeIn(ctx context.Context, r Report, now time.Time, seal func(Place) (Sealed, error)) (receipt []byte, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if receipt, err = found(ctx, tx, r); receipt != nil || err != nil {
			return err
		}
		var p Place
		if p.Run, p.Runs, err = startRun(ctx, tx, r.Invite, r.Session, r.Allowed, now); err != nil {
			return err
		}
		if p.Log, err = grow(ctx, tx, r.Digest, now); err != nil {
			return err
		}
		sealed, err := seal(p)
		if err != nil {
			return err
		}
		if err := setCheckpoint(ctx, tx, p.Log.Size, sealed.Checkpoint); err != nil {
			return err
		}
		receipt = sealed.Receipt
		return insert(ctx, tx, r, now, receipt, p.Log)
	})
	if err != nil {
		return nil, err
	}
	return receipt, nil
}

// found is the receipt of a report that is there already; nil where it is new.
func found(ctx context.Context, tx *sql.Tx, r Report) (receipt []byte, err error) {
	err = tx.QueryRowContext(ctx, `SELECT receipt FROM reports WHERE digest = ?`, r.Digest).Scan(&receipt)
	if !errors.Is(err, sql.ErrNoRows) {
		return receipt, err
	}
	var sent, erased bool
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM reports WHERE session = ?1), EXISTS (SELECT 1 FROM runs WHERE invite = ?2 AND session = ?1 AND erased)`,
		r.Session, r.Invite).Scan(&sent, &erased)
	switch {
	case err != nil:
		return nil, err
	case erased:
		return nil, ErrErased
	case sent:
		return nil, ErrSessionUsed
	}
	return nil, nil
}

func insert(ctx context.Context, tx *sql.Tx, r Report, now time.Time, receipt []byte, e report.LogEntry) error {
	salt, err := hex.DecodeString(e.Salt)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO reports (digest, invite, session, received, bundle, receipt, entry, salt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Digest, r.Invite, r.Session, now.UnixMilli(), r.Bundle, receipt, e.Index, salt)
	return err
}

// Attempt notes that a check is measured under an invite, and returns the
// how-manieth time that is, from 1, over all of the invite's sessions.
func (s *Store) Attempt(ctx context.Context, invite, check string) (n int, err error) {
	err = s.db.QueryRowContext(ctx, `
		INSERT INTO attempts (invite, measured, attempts) VALUES (?, ?, 1)
		ON CONFLICT (invite, measured) DO UPDATE SET attempts = attempts + 1
		RETURNING attempts`, invite, check).Scan(&n)
	return n, err
}

// Receipt is the receipt that was given for a report; nil where it is not there.
func (s *Store) Receipt(ctx context.Context, digest string) (receipt []byte, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT receipt FROM reports WHERE digest = ?`, digest).Scan(&receipt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return receipt, err
}

// Reports is how many reports are stored.
func (s *Store) Reports(ctx context.Context) (n int, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM reports`).Scan(&n)
	return n, err
}
